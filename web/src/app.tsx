import { useEffect, useRef } from "preact/hooks";
import { lazy } from "./components/lazy.tsx";
import { Shell } from "./components/shell.tsx";
import { Empty, PageHead } from "./components/bits.tsx";
import { route, to, type Route } from "./router.ts";
import { PlanView } from "./views/plan/plan_view.tsx";
import { StartView } from "./views/start/start_view.tsx";

const EditView = lazy(() => import("./views/edit/edit_view.tsx").then((m) => m.EditView), "the editor");
const JobView = lazy(() => import("./views/live/job_view.tsx").then((m) => m.JobView), "the job");
const HistoryView = lazy(() => import("./views/history/history_view.tsx").then((m) => m.HistoryView), "the history");
const DiffView = lazy(() => import("./views/diff/diff_view.tsx").then((m) => m.DiffView), "the difference");
const WhatIfView = lazy(() => import("./views/whatif/whatif_view.tsx").then((m) => m.WhatIfView), "what if");
const StudyView = lazy(() => import("./views/whatif/whatif_view.tsx").then((m) => m.StudyView), "the study");
const JobsView = lazy(() => import("./views/live/jobs_view.tsx").then((m) => m.JobsView), "the jobs");

function View({ at }: { at: Route }) {
  switch (at.view) {
    case "home":
      return <StartView />;
    case "plan":
      return <PlanView key={at.id} id={at.id} />;
    case "edit":
      return <EditView key={`${at.from}/${at.example}`} from={at.from} example={at.example} />;
    case "job":
      return <JobView key={at.id} id={at.id} base={at.base} />;
    case "jobs":
      return <JobsView />;
    case "history":
      return <HistoryView picked={at.picked} />;
    case "diff":
      return <DiffView key={`${at.from} ${at.to}`} from={at.from} to={at.to} />;
    case "whatif":
      return <WhatIfView id={at.id} tab={at.tab} />;
    case "study":
      return <StudyView key={at.id} id={at.id} />;
    case "missing":
      return (
        <>
          <PageHead eyebrow="Berth" title="There is no such page" />
          <Empty title="The address names nothing that is here.">
            <a class="button" href={to.home}>
              To the plan
            </a>
          </Empty>
        </>
      );
  }
}

/** After a change of view the focus goes to its heading, so that a screen reader says where one is. */
function useFocusOnNavigation(at: Route) {
  const first = useRef(true);
  const key = at.view === "history" ? "history" : JSON.stringify(at);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [key]);
}

export function App() {
  const at = route.value;
  useFocusOnNavigation(at);
  return (
    <Shell at={at}>
      <View at={at} />
    </Shell>
  );
}
