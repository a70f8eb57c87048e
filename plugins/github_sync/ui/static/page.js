// The buttons, which call Airflow's own API as the logged-in user, and the automatic refresh.
const { root, syncDag, trackDag, task } = document.body.dataset;
const live = document.getElementById("live");
const said = document.getElementById("said");
const stale = document.getElementById("stale");
const ask = document.getElementById("ask");

const ACTIONS = {
  sync: {
    call: ({ name }) => trigger(syncDag, { repositories: [name] }),
    done: ({ name }) => `${name} is being synced.`,
  },
  full: {
    question: ({ name }) => `Read the whole history of ${name} again?`,
    explanation: "This repairs differences from GitHub. It costs one request for each 100 pull requests.",
    call: ({ name }) => trigger(syncDag, { repositories: [name], full_resync: true }),
    done: ({ name }) => `Reading the whole history of ${name} again.`,
  },
  pause: {
    dag: trackDag,
    question: ({ name }) => `Pause ${name}?`,
    explanation: "The daily run skips it until you resume it. What is stored stays.",
    call: ({ name }) => trigger(trackDag, { repositories: [name], is_active: false }),
    done: ({ name }) => `${name} is being paused.`,
  },
  resume: {
    dag: trackDag,
    call: ({ name }) => trigger(trackDag, { repositories: [name] }),
    done: ({ name }) => `${name} is being resumed.`,
  },
  clear: {
    call: ({ run, index }) => clear(run, [[task, Number(index)]]),
    done: ({ name }) => `${name} runs again, from the last page it stored.`,
  },
  "clear-all": {
    question: ({ count }) => `Clear and rerun all ${count} failed repositories?`,
    explanation: "Each resumes after the last page it stored.",
    call: async ({ runs }) => {
      const refusals = [];
      for (const { run_id, map_indexes } of JSON.parse(runs)) {
        const tasks = map_indexes.map((index) => [task, index]);
        await clear(run_id, tasks).catch((error) => refusals.push(error.message));
      }
      if (refusals.length) throw new Error(refusals.join(" "));
    },
    done: () => "All failed repositories are running again.",
  },
};

async function post(path, body) {
  const answer = await fetch(`${root}/api/v2/dags/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await reason(answer));
  return answer.json();
}

async function reason(answer) {
  if (answer.status === 401) return "You are no longer logged in. Reload the page.";
  if (answer.status === 403) return "Your Airflow role does not permit this.";
  if (answer.status === 404 && answer.url.endsWith("/clearTaskInstances"))
    return "This run no longer exists in Airflow. Use “Sync now” instead.";
  const { detail } = await answer.json().catch(() => ({}));
  return `Airflow refused the request (${answer.status}): ${typeof detail === "string" ? detail : JSON.stringify(detail)}`;
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
  const answer = await fetch(`${root}/api/v2/dags/${path}`).catch(() => null);
  return answer?.ok ? answer.json() : {};
}

// Why Airflow, which accepted the request, does not start it yet.
async function obstacle(dag, ours) {
  const { is_paused } = await get(dag);
  if (is_paused) return `Queued: the Dag ${dag} is paused. Unpause it in Airflow.`;
  if (dag !== syncDag) return "";
  const { dag_runs = [] } = await get(`${dag}/dagRuns?state=running&limit=${ours.length + 1}`);
  const other = dag_runs.find(({ dag_run_id }) => !ours.includes(dag_run_id));
  return other ? `Queued behind the running run ${other.dag_run_id}.` : "";
}

function say(text, isBad = false) {
  said.textContent = text;
  said.className = isBad ? "bad" : "good";
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (said.textContent = ""), isBad ? 30000 : 10000);
}

function confirmed(action, about) {
  if (!action.question) return Promise.resolve(true);
  ask.querySelector("h2").textContent = action.question(about);
  ask.querySelector("p").textContent = action.explanation;
  ask.returnValue = "no";
  ask.showModal();
  return new Promise((decide) =>
    ask.addEventListener("close", () => decide(ask.returnValue === "yes"), { once: true }),
  );
}

// What was triggered or cleared: the run that it belongs to does not block it.
function runsOf({ run, runs }, made) {
  return runs ? JSON.parse(runs).map(({ run_id }) => run_id) : [made?.dag_run_id ?? run];
}

async function act(button) {
  const about = { ...button.dataset };
  const action = ACTIONS[about.action];
  if (!(await confirmed(action, about))) return;
  button.disabled = true;
  try {
    const made = await action.call(about);
    const waits = await obstacle(action.dag ?? syncDag, runsOf(about, made));
    say(waits || action.done(about), Boolean(waits));
    watchClosely();
  } catch (error) {
    say(error.message, true);
    button.disabled = false;
  }
}

// After a click the page refreshes more often for a while, so that the effect shows within seconds.
let closelyUntil = 0;
const watchClosely = () => {
  closelyUntil = Date.now() + 60000;
  plan();
};

let timer;
function plan() {
  const seconds = Number(live.dataset.refresh);
  if (!seconds) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, Date.now() < closelyUntil ? 2000 : seconds * 1000);
}

async function refresh() {
  const isBusy = live.querySelector("details[open], input:focus") || ask.open || document.hidden;
  if (!isBusy) await reread();
  plan();
}

let shownAt = new Date();
async function reread() {
  const answer = await fetch(location.href).catch(() => null);
  const reason = !answer ? "Airflow is not answering" : answer.redirected ? "you are no longer logged in" : "";
  if (reason || !answer.ok) {
    stale.textContent = `Not updated since ${shownAt.toLocaleTimeString()}: ${reason || "reload the page to see the reason"}.`;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  show(page.getElementById("live"));
  shownAt = new Date();
  stale.textContent = "";
}

// Keep the keyboard focus and the scroll position.
function show(fresh) {
  const focused = live.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const scrolled = [...live.querySelectorAll(".scroll")].map(({ scrollLeft }) => scrollLeft);
  live.replaceChildren(...fresh.childNodes);
  live.dataset.refresh = fresh.dataset.refresh ?? "";
  live.querySelectorAll(".scroll").forEach((box, place) => (box.scrollLeft = scrolled[place] ?? 0));
  const candidates = [...live.querySelectorAll("a, button, summary, input, [tabindex]")];
  if (focused) candidates.find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
}

function nameOf(one) {
  const { action, name } = one.dataset;
  return [one.tagName, action, name, one.getAttribute("href"), one.ariaLabel].join(" ");
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
plan();
