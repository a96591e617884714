"use strict";

// Asks the agent every few seconds and brings the tables up to date, row by row: what has the focus keeps it. Names come from processes that
// nobody vouches for, so text is only ever set as text.
(() => {
  const interval = 3000;
  const find = (id) => document.getElementById(id);
  const workerRows = new Map();
  const captureRows = new Map();
  const states = new Map();
  const services = new Map();
  let reachedAt = null;

  // ---- words ----

  const bytes = (count) => {
    let size = Math.abs(count);
    let unit = 0;
    for (; size >= 999.5 && unit < 4; unit++) {
      size /= 1024;
    }

    return `${count < 0 ? "-" : ""}${size.toFixed(unit === 0 || size >= 99.95 ? 0 : 1)} ${["B", "KB", "MB", "GB", "TB"][unit]}`;
  };

  const growth = (perSecond) => {
    if (perSecond === null) {
      return "";
    }

    const perMinute = perSecond * 60;
    return Math.abs(perMinute) < 10 * 1024 ? "steady" : `${perMinute > 0 ? "+" : ""}${bytes(perMinute)}/min`;
  };

  const duration = (seconds) => {
    if (seconds === null) {
      return "";
    }

    const minutes = Math.round(seconds / 60);
    return minutes < 1 ? "under a minute"
      : minutes < 120 ? `${minutes} min`
      : minutes < 48 * 60 ? `${Math.round(minutes / 60)} h`
      : `${Math.round(minutes / 1440)} days`;
  };

  const clock = (time) => new Date(time).toISOString().slice(11, 19);
  const day = (time) => new Date(time).toISOString().slice(0, 10);
  const plain = (word) => word.replaceAll("-", " ");

  const leaks = { "warming-up": ["warming up", "soft"], healthy: ["none seen", "good"], plateau: ["plateau", "good"], suspected: ["suspected", "bad"] };
  const signals = { caught: ["armed", "good"], ignored: ["ignored", "soft"], default: ["would end it", "warn"] };

  // What a program that is not .NET does with the signal is its own affair: gunicorn's leader starts anew.
  const signalOf = (worker) => (worker.sigusr2 === "caught" && !worker.isDotNet ? ["its own", "soft"] : signals[worker.sigusr2] ?? [worker.sigusr2, "soft"]);
  const verdicts = {
    "managed-leak": "bad", "native-growth": "bad", fragmentation: "warn", saturating: "warn", inconclusive: "warn", "no-growth": "good", "no-gc-yet": "soft",
  };

  // ---- elements ----

  const put = (element, text) => {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  };

  const cell = (row, name, label, kind = "td") => {
    const element = document.createElement(kind);
    element.className = name;
    if (label) {
      element.dataset.label = label;
    }

    row.append(element);
    return element;
  };

  const word = (element, [text, tone], title) => {
    let span = element.querySelector("span");
    if (!span) {
      span = document.createElement("span");
      element.replaceChildren(span);
    }

    put(span, text);
    span.className = `word ${tone}`;
    span.title = title ?? "";
  };

  const named = (element, name, detail) => {
    if (!element.firstChild) {
      element.append(document.createTextNode(""), document.createElement("small"));
    }

    put(element.firstChild, name);
    put(element.lastChild, detail);
  };

  const svg = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }

    return element;
  };

  // From the lowest to the highest point, but never so that a flat line looks like a mountain.
  const spark = (element, points, name) => {
    let picture = element.querySelector("svg");
    if (!picture) {
      picture = svg("svg", { class: "spark", viewBox: "0 0 100 32", preserveAspectRatio: "none", role: "img" });
      picture.append(svg("path", { class: "area" }), svg("path", { class: "line" }));
      element.replaceChildren(picture);
    }

    const values = points.map((point) => point.bytes);
    const most = Math.max(...values);
    const least = Math.min(Math.min(...values), most * 0.9);
    const start = Date.parse(points[0]?.at);
    const length = Math.max(Date.parse(points.at(-1)?.at) - start, 1);
    const at = points.map((point) => `${(((Date.parse(point.at) - start) / length) * 100).toFixed(1)},${(31 - ((point.bytes - least) / Math.max(most - least, 1)) * 29).toFixed(1)}`);
    const line = points.length < 2 ? "" : `M${at.join("L")}`;
    picture.querySelector(".line").setAttribute("d", line);
    picture.querySelector(".area").setAttribute("d", line && `${line}L100,32L0,32Z`);
    picture.setAttribute("aria-label", points.length < 2 ? `${name}: memory is not known long enough`
      : `${name}: from ${bytes(values[0])} to ${bytes(values.at(-1))} in ${duration(length / 1000)}, ${bytes(most)} at most`);
  };

  // ---- workers ----

  const newWorkerRow = () => {
    const row = document.createElement("tr");
    const name = cell(row, "", "", "th");
    name.scope = "row";
    const cells = {
      name,
      pid: cell(row, "soft", "Process"),
      spark: cell(row, "wide"),
      memory: cell(row, "number", "Memory"),
      growth: cell(row, "number", "Growth"),
      limit: cell(row, "number", "Time to limit"),
      leak: cell(row, "", "Leak"),
      signal: cell(row, "", "SIGUSR2"),
    };
    const button = document.createElement("button");
    button.type = "button";
    put(button, "Capture");
    cell(row, "").append(button);
    return { row, cells, button };
  };

  const showWorker = ({ row, cells, button }, worker, isRunning) => {
    row.className = worker.leaderPid === null ? "" : "child";
    const service = worker.serviceName && worker.serviceName !== worker.name ? worker.name : "";
    const kind = worker.isSelf ? "this agent" : worker.isLeader ? "leader" : "";
    named(cells.name, worker.serviceName ?? worker.name, [service, worker.runtimeVersion && `.NET ${worker.runtimeVersion}`, kind].filter(Boolean).join(", "));
    put(cells.pid, String(worker.pid));
    spark(cells.spark, worker.history, `Memory of process ${worker.pid}`);
    const memory = worker.pssBytes ?? worker.rssBytes;
    named(cells.memory, memory === null ? "" : bytes(memory), worker.limitBytes === null || memory === null ? (worker.pssBytes === null ? "resident" : "") : `${Math.round((memory / worker.limitBytes) * 100)} % of ${bytes(worker.limitBytes)}`);
    cells.memory.title = worker.memoryProblem ?? "";
    put(cells.growth, growth(worker.growthBytesPerSecond));
    put(cells.limit, duration(worker.timeToLimitSeconds));
    word(cells.leak, leaks[worker.leak] ?? ["", "soft"], worker.leakReason);
    word(cells.signal, signalOf(worker), worker.sigusr2 === "default" ? "No handler: kill -USR2 would end this process" : "");
    const problem = worker.captureProblem ?? (isRunning ? "A capture of this worker is under way" : null);
    put(button, isRunning ? "Capturing..." : "Capture");
    button.setAttribute("aria-disabled", String(problem !== null));
    button.setAttribute("aria-label", `${button.textContent} ${worker.serviceName ?? worker.name}, process ${worker.pid}${problem === null ? "" : `. Not now: ${problem}`}`);
    button.title = problem ?? "Two snapshots, half a minute apart: the worker pauses for milliseconds";
    button.onclick = () => (problem === null ? capture(worker) : complain(problem));
  };

  // Those first who are suspected, with all of their kin; a leader before its workers.
  const inOrder = (workers) => {
    const leaders = new Set(workers.filter((worker) => worker.isLeader).map((worker) => worker.pid));
    const family = (worker) => (leaders.has(worker.leaderPid) ? worker.leaderPid : worker.pid);
    const suspects = new Set(workers.filter((worker) => worker.leak === "suspected").map(family));
    const rank = (worker) => [suspects.has(family(worker)) ? 0 : 1, family(worker), leaders.has(worker.leaderPid) ? 1 : 0, worker.pid];
    return [...workers].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return x.map((value, at) => value - y[at]).find((difference) => difference !== 0) ?? 0;
    });
  };

  const showWorkers = (workers, captures) => {
    workers.forEach((worker) => services.set(worker.pid, worker.serviceName ?? worker.name));
    const running = new Set(captures.filter((line) => line.state === "running" || line.state === "waiting").map((line) => line.pid));
    show(find("worker-table"), workerRows, inOrder(workers), (worker) => `${worker.pid} ${worker.startedAt}`, newWorkerRow,
      (parts, worker) => showWorker(parts, worker, running.has(worker.pid)));
    const others = workers.filter((worker) => !worker.isSelf).length;
    find("no-workers").hidden = others > 0;
    const suspected = workers.filter((worker) => worker.leak === "suspected").length;
    put(find("status"), `${others} ${others === 1 ? "worker" : "workers"}${suspected ? `, ${suspected} suspected of a leak` : ""}`);
    document.title = suspected ? `(${suspected}) HeapDrift` : "HeapDrift";
  };

  // ---- captures ----

  const newCaptureRow = () => {
    const row = document.createElement("tr");
    return {
      row,
      cells: {
        when: cell(row, "when", "When"),
        worker: cell(row, "", "Worker"),
        trigger: cell(row, "soft", "Started by"),
        verdict: cell(row, "", "Verdict"),
        message: cell(row, "wide"),
        report: cell(row, ""),
      },
    };
  };

  const showCapture = ({ cells }, line) => {
    named(cells.when, clock(line.requestedAt), day(line.requestedAt));
    named(cells.worker, services.get(line.pid) ?? line.workerName, `process ${line.pid}`);
    named(cells.trigger, line.trigger.kind, line.trigger.alertName ?? "");
    const [text, tone] = line.state !== "ended" ? [line.state, line.state === "refused" ? "soft" : "warn"]
      : line.outcome === "completed" ? [plain(line.verdict), verdicts[line.verdict] ?? "soft"]
      : [plain(line.outcome), "warn"];
    word(cells.verdict, [text, `${tone}${line.state === "running" ? " running" : ""}`]);
    put(cells.message, line.message);
    if (line.state === "ended" && line.captureId && line.hasReport && !cells.report.firstChild) {
      const link = document.createElement("a");
      link.href = `captures/${encodeURIComponent(line.captureId)}/report.html`;
      put(link, "Report");
      link.setAttribute("aria-label", `Report of ${line.workerName}, ${clock(line.requestedAt)}`);
      cells.report.append(link);
    }
  };

  const showCaptures = (captures) => {
    const newest = [...captures].sort((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt));
    show(find("capture-table"), captureRows, newest, (line) => line.captureId ?? `${line.pid} ${line.requestedAt}`, newCaptureRow, showCapture);
    find("no-captures").hidden = captures.length > 0;
    const running = captures.filter((line) => line.state === "running").length;
    find("to-captures").hidden = captures.length === 0;
    put(find("to-captures").firstChild, `${captures.length} ${captures.length === 1 ? "capture" : "captures"}${running ? `, ${running} under way` : ""}`);
    for (const line of captures) {
      const key = line.captureId ?? `${line.pid} ${line.requestedAt}`;
      const state = `${line.state} ${line.message}`;
      if (states.has(key) && states.get(key) !== state) {
        announce(`${line.workerName}, process ${line.pid}: ${line.state === "ended" ? `${plain(line.verdict ?? line.outcome)}. ` : ""}${line.message}`);
      }

      states.set(key, state);
    }
  };

  // ---- both ----

  const show = (table, rows, items, keyOf, create, update) => {
    const body = table.tBodies[0];
    const focused = document.activeElement;
    const keys = new Set(items.map(keyOf));
    for (const [key, parts] of rows) {
      if (!keys.has(key)) {
        parts.row.remove();
        rows.delete(key);
      }
    }

    items.forEach((item, index) => {
      const key = keyOf(item);
      if (!rows.has(key)) {
        rows.set(key, create());
      }

      const parts = rows.get(key);
      update(parts, item);
      if (body.children[index] !== parts.row) {
        body.insertBefore(parts.row, body.children[index] ?? null);
      }
    });
    table.hidden = items.length === 0;

    // A row that moves loses it.
    if (focused !== document.activeElement && body.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  };

  const announce = (text) => {
    const line = document.createElement("span");
    line.textContent = text;
    const news = find("news");
    news.append(line);
    while (news.children.length > 5) {
      news.firstChild.remove();
    }
  };

  // ---- the agent ----

  // The header that proves who asks, for this tab.
  const proof = {
    get: () => sessionStorage.getItem("heapdrift-authorization"),
    set: (value) => sessionStorage.setItem("heapdrift-authorization", value),
    forget: () => sessionStorage.removeItem("heapdrift-authorization"),
  };

  // Without the browser's own credentials: it would ask for a user and a password itself, before this page can.
  const capture = async (worker) => {
    try {
      const answer = await fetch(`api/workers/${worker.pid}/captures`, {
        method: "POST", credentials: "omit", headers: proof.get() ? { Authorization: proof.get() } : {},
      });
      if (answer.status === 401) {
        ask(worker, answer.headers.get("WWW-Authenticate") ?? "");
        return;
      }

      const { message, error } = await answer.json();
      announce(message ?? error);
      if (!answer.ok) {
        complain(`${worker.serviceName ?? worker.name}, process ${worker.pid}: ${message ?? error}`);
      }

      await refresh();
    } catch (failure) {
      complain(`The capture could not be asked for: ${failure.message}`);
    }
  };

  const ask = (worker, challenge) => {
    const dialog = find("credentials");
    const hasUser = !challenge.includes("Bearer");
    find("user-line").hidden = !hasUser;
    find("user").required = hasUser;
    put(find("token-label"), hasUser ? "Password" : "Token");
    put(find("credentials-setting"), hasUser ? "HeapDrift:Alerts:BasicUser" : "HeapDrift:Alerts:BearerTokenFile");
    put(find("credentials-problem"), hasUser ? "The agent did not take this user and password." : "The agent did not take this token.");
    find("credentials-problem").hidden = proof.get() === null;
    proof.forget();
    find("token").value = "";

    // What a header may say.
    find("token").pattern = hasUser ? ".+" : "[ -~]+";
    dialog.onclose = () => {
      if (dialog.returnValue === "use" && find("token").value) {
        proof.set(hasUser ? `Basic ${base64(`${find("user").value}:${find("token").value}`)}` : `Bearer ${find("token").value.trim()}`);
        capture(worker);
      }

      find("token").value = "";
    };
    dialog.returnValue = "";
    dialog.showModal();
    find(hasUser && !find("user").value ? "user" : "token").focus();
  };

  // Of UTF-8, which btoa alone does not take.
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

  let complaintUntil = 0;
  const complain = (text) => {
    complaintUntil = Date.now() + 15000;
    put(find("offline"), text);
    find("offline").hidden = false;
  };

  const get = async (path) => {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) {
      throw new Error(`${path} answered ${answer.status}`);
    }

    return answer.json();
  };

  const refresh = async () => {
    try {
      const [workers, captures] = await Promise.all([get("api/workers"), get("api/captures")]);
      reachedAt = Date.now();
      showWorkers(workers, captures);
      showCaptures(captures);
      if (Date.now() > complaintUntil) {
        find("offline").hidden = true;
      }
    } catch (failure) {
      complaintUntil = 0;
      put(find("offline"), `The agent does not answer${reachedAt ? `: this is what it said at ${clock(reachedAt)} UTC` : ""}. Asking again every few seconds. (${failure.message})`);
      find("offline").hidden = false;
    }
  };

  const round = async () => {
    if (!document.hidden) {
      await refresh();
    }

    setTimeout(round, interval);
  };

  find("cancel-token").onclick = () => find("credentials").close();
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  round();
})();
