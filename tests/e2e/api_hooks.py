"""What the fuzzer of the API does not know by itself: several YAML documents in one answer, and text that is no JSON."""
import schemathesis
import yaml
from schemathesis.core import deserialization


def read_yaml(text):
    documents = list(yaml.safe_load_all(text))
    return documents[0] if len(documents) == 1 else documents


# It would read an answer of type application/yaml as one document, and end where there are more.
deserialization.deserialize_yaml = read_yaml


@schemathesis.deserializer("text/html", "text/css", "text/csv", "text/javascript", "image/svg+xml",
                           "application/openmetrics-text")
def read_text(_context, response):
    return response.content.decode()
