"use strict";
(() => {
    const ROWS = 25;

    /** As a share of the width: some three pixels. Narrower boxes come when one above them is zoomed. */
    const NARROWEST = 0.0025;
    document.documentElement.classList.add("scripted");

    /** An element with what it says. Text is always text. */
    function make(tag, className, text) {
        const element = document.createElement(tag);
        element.className = className;
        element.textContent = text ?? "";
        return element;
    }

    function button(text, onClick) {
        const made = make("button", "", text);
        made.type = "button";
        made.addEventListener("click", onClick);
        return made;
    }

    /* ---- the table of types: sorted by a click on a title, folded to its first rows ---- */

    function valueOf(row, column) {
        const cell = row.cells[column];
        return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    }

    function sort(table, column) {
        const title = table.tHead.rows[0].cells[column];
        const wasDescending = title.getAttribute("aria-sort") === "descending";
        const isNumber = title.classList.contains("number");
        const sign = (isNumber ? !wasDescending : title.getAttribute("aria-sort") === "ascending") ? -1 : 1;
        for (const other of table.tHead.rows[0].cells) {
            other.removeAttribute("aria-sort");
        }

        title.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
        const rows = Array.from(table.tBodies[0].rows, row => ({ row, value: valueOf(row, column) }));
        rows.sort((a, b) => sign * (isNumber ? a.value - b.value : a.value.localeCompare(b.value)));
        table.tBodies[0].append(...rows.map(sorted => sorted.row));
    }

    for (const table of document.querySelectorAll("table.types")) {
        Array.from(table.tHead.rows[0].cells).forEach((title, column) => {
            const text = title.textContent;
            title.replaceChildren(button(text, () => sort(table, column)));
        });
        const rest = table.tBodies[0].rows.length - ROWS;
        if (rest > 0) {
            table.classList.add("folded");
            const all = `Show ${rest.toLocaleString("en")} more`;
            const toggle = button(all, () => {
                const isFolded = table.classList.toggle("folded");
                toggle.textContent = isFolded ? all : "Show fewer";
                toggle.setAttribute("aria-expanded", String(!isFolded));
            });
            toggle.setAttribute("aria-expanded", "false");
            toggle.classList.add("unfold");
            table.parentElement.after(toggle);
        }
    }

    /* ---- flame graphs: each nested list becomes boxes ---- */

    /** Reads a list item and those beneath it, parents before children. */
    function read(item, parent, nodes) {
        const child = name => item.querySelector(":scope > " + name);
        const node = {
            parent,
            children: [],
            depth: parent ? parent.depth + 1 : 0,
            bytes: Number(item.dataset.bytes),
            short: item.dataset.short,
            name: child("code").textContent,
            source: child(".source")?.textContent ?? "",
            much: child(".much").textContent,
            kind: item.className,
        };
        nodes.push(node);
        for (const next of item.querySelectorAll(":scope > ul > li")) {
            node.children.push(read(next, node, nodes));
        }

        return node;
    }

    /** Where each box lies, in shares of the whole. */
    function place(node, left, whole) {
        node.left = left;
        node.width = node.bytes / whole;
        for (const child of node.children) {
            place(child, left, whole);
            left += child.width;
        }
    }

    /** One of four shades, the same for the same name. */
    function shade(name) {
        let hash = 0;
        for (let at = 0; at < name.length; at++) {
            hash = (hash * 31 + name.charCodeAt(at)) >>> 0;
        }

        return "shade" + hash % 4;
    }

    function isWithin(node, holder) {
        while (node && node.depth > holder.depth) {
            node = node.parent;
        }

        return node === holder;
    }

    function flame(section) {
        const list = section.querySelector("details.list");
        const nodes = [];
        const root = read(list.querySelector("li"), null, nodes);
        place(root, 0, root.bytes);

        const chart = make("div", "chart");
        chart.setAttribute("role", "tree");
        chart.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
        const told = make("p", "told");
        told.setAttribute("aria-hidden", "true");
        const spoken = make("p", "spoken");
        spoken.setAttribute("role", "status");
        const tools = make("div", "tools");
        const back = button("Back", () => goBack());
        const search = make("input", "");
        search.type = "search";
        search.placeholder = "Mark boxes by name";
        search.setAttribute("aria-label", "Mark boxes by name");
        const found = make("span", "found");
        tools.append(back, search, found, make("span", "key application", "application"), make("span", "key", "platform"));
        tools.append(make("span", "hint", "Arrows move, Enter zooms, Esc goes back"));

        const zooms = [root];
        let current = root;

        nodes.forEach(node => {
            const box = make("div", `box ${node.kind} ${shade(node.name)}`, node.short);
            box.setAttribute("role", "treeitem");
            box.setAttribute("aria-level", String(node.depth + 1));
            const siblings = node.parent ? node.parent.children : [node];
            box.setAttribute("aria-posinset", String(siblings.indexOf(node) + 1));
            box.setAttribute("aria-setsize", String(siblings.length));
            if (node.children.length > 0) {
                box.setAttribute("aria-expanded", "true");
            }

            box.setAttribute("aria-label", [node.name, node.source, node.much].filter(Boolean).join(", "));
            box.title = [node.name, node.source, node.much].filter(Boolean).join("\n");
            box.tabIndex = -1;
            box.style.top = `calc(${node.depth} * var(--row))`;
            box.addEventListener("click", () => { focus(node); zoom(node); });
            box.addEventListener("focus", () => tell(node));
            box.addEventListener("mouseenter", () => tell(node));
            node.box = box;
            chart.append(box);
        });
        chart.addEventListener("mouseleave", () => tell(current));
        chart.addEventListener("keydown", onKey);
        search.addEventListener("input", mark);

        function tell(node) {
            told.replaceChildren(make("code", "", node.name), " ", make("span", "source", node.source), " ", make("span", "much", node.much));
        }

        function draw() {
            const to = zooms[zooms.length - 1];
            let depth = 0;
            for (const node of nodes) {
                const isAbove = node !== to && isWithin(to, node);
                const isShown = isAbove || (isWithin(node, to) && node.width >= to.width * NARROWEST);
                node.shown = isShown;
                node.box.hidden = !isShown;
                node.box.classList.toggle("above", isAbove);
                if (isShown) {
                    depth = Math.max(depth, node.depth);
                    node.box.style.left = isAbove ? "0" : `${100 * (node.left - to.left) / to.width}%`;
                    node.box.style.width = isAbove ? "100%" : `${100 * node.width / to.width}%`;
                }
            }

            chart.style.height = `calc(${depth + 1} * var(--row))`;
            back.disabled = zooms.length === 1;
        }

        function zoom(node) {
            if (node !== zooms[zooms.length - 1]) {
                zooms.push(node);
                draw();
                spoken.textContent = `${node.short} fills the width`;
            }
        }

        function goBack() {
            if (zooms.length > 1) {
                zooms.pop();
                draw();
                if (!current.shown) {
                    focus(zooms[zooms.length - 1]);
                }

                spoken.textContent = `${zooms[zooms.length - 1].short} fills the width`;
            }
        }

        function focus(node) {
            current.box.tabIndex = -1;
            current = node;
            node.box.tabIndex = 0;
            node.box.focus();
        }

        /** The next box of the same row, whoever its holder is. */
        function beside(node, step) {
            const row = nodes.filter(other => other.shown && other.depth === node.depth).sort((a, b) => a.left - b.left);
            return row[row.indexOf(node) + step];
        }

        function onKey(event) {
            if (event.ctrlKey || event.altKey || event.metaKey) {
                return;
            }

            const to = {
                ArrowDown: () => current.children.find(child => child.shown),
                ArrowUp: () => current.parent,
                ArrowRight: () => beside(current, 1),
                ArrowLeft: () => beside(current, -1),
                Home: () => root,
            }[event.key];
            if (to) {
                const next = to();
                if (next) {
                    focus(next);
                }
            } else if (event.key === "Enter" || event.key === " ") {
                zoom(current);
            } else if (event.key === "Escape") {
                goBack();
            } else {
                return;
            }

            event.preventDefault();
        }

        function mark() {
            const wanted = search.value.trim().toLowerCase();
            let bytes = 0;
            let boxes = 0;
            for (const node of nodes) {
                node.hit = wanted !== "" && node.name.toLowerCase().includes(wanted);
                node.within = Boolean(node.parent && (node.parent.hit || node.parent.within));
                node.box.classList.toggle("hit", node.hit);
                boxes += node.hit ? 1 : 0;
                bytes += node.hit && !node.within ? node.bytes : 0;
            }

            chart.classList.toggle("searched", wanted !== "");
            found.textContent = wanted === "" ? "" : `${boxes} boxes, ${(100 * bytes / root.bytes).toFixed(1)} %`;
        }

        root.box.tabIndex = 0;
        list.open = false;
        list.before(tools, chart, told, spoken);
        tell(root);
        draw();
    }

    document.querySelectorAll("section.flame").forEach(flame);
})();
