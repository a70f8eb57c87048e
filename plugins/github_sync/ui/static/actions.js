// The buttons, which call Airflow's own API as the logged-in user, and the automatic refresh.
const { airflowRoot, syncDag, trackDag, task } = document.body.dataset;
const live = document.getElementById("live");
const message = document.getElementById("message");
const outdated = document.getElementById("outdated");
const dialog = document.getElementById("dialog");

const ACTIONS = {
  sync: {
    call: ({ name }) => trigger(syncDag, { repositories: [name] }),
    done: ({ name }) => `Sync of ${name} started.`,
  },
  full: {
    question: ({ name }) => `Read the whole history of ${name} again?`,
    explanation: "This repairs differences from GitHub. It costs one request for each 100 pull requests.",
    call: ({ name }) => trigger(syncDag, { repositories: [name], full_resync: true }),
    done: ({ name }) => `Full resync of ${name} started.`,
  },
  pause: {
    dag: trackDag,
    question: ({ name }) => `Pause ${name}?`,
    explanation: "The daily run skips it until you resume it. Stored rows stay.",
    call: ({ name }) => trigger(trackDag, { repositories: [name], is_active: false }),
    done: ({ name }) => `Pausing ${name}.`,
  },
  resume: {
    dag: trackDag,
    call: ({ name }) => trigger(trackDag, { repositories: [name] }),
    done: ({ name }) => `Resuming ${name}.`,
  },
  clear: {
    call: ({ run, index }) => clear(run, [[task, Number(index)]]),
    done: ({ name }) => `Rerunning ${name} from its last stored page.`,
  },
  "clear-all": {
    question: ({ count }) => `Clear and rerun all ${count} failed repositories?`,
    explanation: "Each resumes after its last stored page.",
    call: async ({ runs }) => {
      const errors = [];
      for (const { run_id, map_indexes } of JSON.parse(runs)) {
        const tasks = map_indexes.map((index) => [task, index]);
        await clear(run_id, tasks).catch((error) => errors.push(error.message));
      }
      if (errors.length) throw new Error(errors.join(" "));
    },
    done: () => "Rerunning all failed repositories.",
  },
};

async function post(path, body) {
  const response = await fetch(`${airflowRoot}/api/v2/dags/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await errorMessage(response));
  return response.json();
}

async function errorMessage(response) {
  if (response.status === 401) return "You are no longer logged in. Reload the page.";
  if (response.status === 403) return "Your Airflow role does not permit this.";
  if (response.status === 404 && response.url.endsWith("/clearTaskInstances"))
    return "This run no longer exists in Airflow. Use “Sync now” instead.";
  const { detail } = await response.json().catch(() => ({}));
  return `Airflow refused the request (${response.status}): ${typeof detail === "string" ? detail : JSON.stringify(detail)}`;
}

function trigger(dag, conf) {
  return post(`${dag}/dagRuns`, { logical_date: null, conf });
}

// Not only failed ones: Airflow marks instances as skipped if the run's time limit stopped them.
async function clear(run, tasks) {
  const { task_instances: cleared } = await post(`${syncDag}/clearTaskInstances`, {
    dry_run: false,
    dag_run_id: run,
    task_ids: tasks,
    only_failed: false,
    include_downstream: true,
    reset_dag_runs: true,
  });
  if (!cleared.some(({ task_id }) => task_id === task))
    throw new Error("This task instance no longer exists in Airflow. Use “Sync now” instead.");
}

async function get(path) {
  const response = await fetch(`${airflowRoot}/api/v2/dags/${path}`).catch(() => null);
  return response?.ok ? response.json() : {};
}

// Why Airflow has not started the accepted request yet; empty if nothing blocks it.
async function blockedBy(dag, ownRuns) {
  const { is_paused } = await get(dag);
  if (is_paused) return `Queued: the Dag ${dag} is paused. Unpause it in Airflow.`;
  if (dag !== syncDag) return "";
  const { dag_runs = [] } = await get(`${dag}/dagRuns?state=running&limit=${ownRuns.length + 1}`);
  const other = dag_runs.find(({ dag_run_id }) => !ownRuns.includes(dag_run_id));
  return other ? `Queued behind the running run ${other.dag_run_id}.` : "";
}

function showMessage(text, isBad = false) {
  message.textContent = text;
  message.className = isBad ? "bad" : "good";
  clearTimeout(showMessage.timer);
  showMessage.timer = setTimeout(() => (message.textContent = ""), isBad ? 30000 : 10000);
}

function askToConfirm(action, about) {
  if (!action.question) return Promise.resolve(true);
  dialog.querySelector("h2").textContent = action.question(about);
  dialog.querySelector("p").textContent = action.explanation;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

// The runs that an action triggered or cleared; they do not block it.
function runsOf({ run, runs }, created) {
  return runs ? JSON.parse(runs).map(({ run_id }) => run_id) : [created?.dag_run_id ?? run];
}

async function act(button) {
  const about = { ...button.dataset };
  const action = ACTIONS[about.action];
  if (!(await askToConfirm(action, about))) return;
  button.disabled = true;
  try {
    const created = await action.call(about);
    const blocker = await blockedBy(action.dag ?? syncDag, runsOf(about, created));
    showMessage(blocker || action.done(about), Boolean(blocker));
    refreshFaster();
  } catch (error) {
    showMessage(error.message, true);
    button.disabled = false;
  }
}

// Refreshes every 2 seconds for a minute after a click, so that its effect shows quickly.
let fasterUntil = 0;
const refreshFaster = () => {
  fasterUntil = Date.now() + 60000;
  scheduleRefresh();
};

let timer;
function scheduleRefresh() {
  const seconds = Number(live.dataset.refresh);
  if (!seconds) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, Date.now() < fasterUntil ? 2000 : seconds * 1000);
}

async function refresh() {
  const isBusy = live.querySelector("details[open], input:focus") || dialog.open || document.hidden;
  if (!isBusy) await reload();
  scheduleRefresh();
}

let shownAt = new Date();
async function reload() {
  const response = await fetch(location.href).catch(() => null);
  const reason = !response ? "Airflow does not respond" : response.redirected ? "you are no longer logged in" : "";
  if (reason || !response.ok) {
    outdated.textContent = `Not updated since ${shownAt.toLocaleTimeString()}: ${reason || "reload the page to see the reason"}.`;
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  show(fresh.getElementById("live"));
  shownAt = new Date();
  outdated.textContent = "";
}

// Keep the keyboard focus and the scroll position.
function show(fresh) {
  const focused = live.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const scrolled = [...live.querySelectorAll(".scroll")].map(({ scrollLeft }) => scrollLeft);
  live.replaceChildren(...fresh.childNodes);
  live.dataset.refresh = fresh.dataset.refresh ?? "";
  live.querySelectorAll(".scroll").forEach((box, index) => (box.scrollLeft = scrolled[index] ?? 0));
  const candidates = [...live.querySelectorAll("a, button, summary, input, [tabindex]")];
  if (focused) candidates.find((element) => nameOf(element) === focused)?.focus({ preventScroll: true });
}

function nameOf(element) {
  const { action, name } = element.dataset;
  return [element.tagName, action, name, element.getAttribute("href"), element.ariaLabel].join(" ");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  const menu = event.target.closest("details.menu");
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (open !== menu || button) open.open = false;
  }
  if (button) act(button);
});
// Airflow's frame does not let the page navigate away; a link in Airflow's own document may.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[target="_top"]');
  if (!link || window.parent === window) return;
  event.preventDefault();
  const outer = window.parent.document.createElement("a");
  outer.href = link.href;
  if (event.ctrlKey || event.metaKey) outer.target = "_blank";
  outer.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.menu[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
scheduleRefresh();
