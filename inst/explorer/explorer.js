// The page at work: a row of the table is chosen, and its cluster is shown.
(function () {
    "use strict";
    const facts = explorer.data.facts;
    const element = id => document.getElementById(id);
    let chosen = -1;
    let members = null;
    let by_pointer = false;

    function number(x) {
        return x.toLocaleString("en-US");
    }

    // Small p-values keep their digits.
    function shown(x) {
        return Number.isInteger(x) ? number(x) :
            x === Infinity ? "infinite" : String(x);
    }

    function state() {
        return Reactable.getState("clusters");
    }

    // Called by the table for what is typed into its search box.
    explorer.search = function (rows, columns, value) {
        const text = String(value).trim().toLowerCase();
        if (!text) return rows;
        const inside = explorer.data.find(text);
        return rows.filter(row => inside.has(row.index) ||
            columns.some(x => row.values[x] !== null &&
                String(row.values[x]).toLowerCase().includes(text)));
    };

    function about(row) {
        const list = element("about-choice");
        list.replaceChildren();
        for (const column of facts.columns) {
            if (column === "cluster" || row[column] === null ||
                row[column] === "") continue;
            const term = document.createElement("dt");
            term.textContent = facts.labels[column];
            const value = document.createElement("dd");
            value.textContent = typeof row[column] === "number" ?
                shown(row[column]) : row[column];
            if (facts.sequences.includes(column)) value.className = "sequence";
            list.append(term, value);
        }
    }

    function logo() {
        const frame = element("logo");
        frame.replaceChildren();
        const notes = [];
        for (const chain of facts.chains) {
            const texts = members.rows.map(x => x[chain]).filter(x => x);
            if (!texts.length) continue;
            const title = facts.chains.length > 1 ?
                chain.replace("junction_aa_", "") : "Sequence logo";
            const found = explorer.logo.draw(frame, texts, title);
            if (found.used < found.of)
                notes.push(number(found.used) + " of " + number(found.of) +
                    " CDR3s, those of the commonest length, are in it.");
        }
        element("logo-note").textContent = ("Letters are as high as the " +
            "share of CDR3s that have them. " + notes.join(" ")).trim();
    }

    function list() {
        const degree = new Array(members.rows.length).fill(0);
        for (const link of members.links)
            for (const end of link) degree[end]++;
        Reactable.setData("members", members.rows.map((x, i) =>
            Object.assign({}, x, { samples: facts.has.samples ?
                x.samples.length : null, links: degree[i] })));
        Reactable.getInstance("members").gotoPage(0);
    }

    function draw_network() {
        explorer.network.draw(members, element("colour").value);
    }

    function draw_samples() {
        if (facts.has.samples)
            explorer.samples.draw(members, element("grouping").value);
    }

    function left_out() {
        const note = element("choice-left-out");
        let text = "";
        if (!members) {
            text = "The members of this cluster were left out of this page, " +
                "which would have been too large.";
        } else if (members.rows.length < members.all) {
            text = "Of the " + number(members.all) + " members the " +
                number(members.rows.length) + " with the largest counts " +
                "are in this page.";
        }
        note.textContent = text;
        note.hidden = !text;
    }

    function choose(row) {
        if (row === chosen || row === undefined) return;
        chosen = row;
        members = explorer.data.members(row);
        const own = state().data[row];
        element("choice").hidden = false;
        element("title-choice").textContent = "Cluster " + own.cluster;
        about(own);
        left_out();
        element("choice-members").hidden = !members;
        element("save-choice").disabled = !members;
        history.replaceState(null, "", "#cluster=" +
            encodeURIComponent(own.cluster));
        if (!members) return;
        logo();
        draw_samples();
        list();
        // On a narrow page it is far below the row that was touched.
        if (by_pointer && matchMedia("(max-width: 75rem)").matches)
            element("choice").scrollIntoView();
        // The table answers at once; the network takes its time.
        setTimeout(draw_network, 0);
    }

    // "#cluster=12" at the end of the address opens cluster 12.
    function named_in_address(data) {
        const found = /^#cluster=(.*)$/.exec(location.hash);
        if (!found) return -1;
        const name = decodeURIComponent(found[1]);
        return data.findIndex(x => String(x.cluster) === name);
    }

    function changed(now) {
        const shown = now.sortedData.length;
        element("found").textContent = shown === now.data.length ?
            number(shown) + (shown === 1 ? " cluster" : " clusters") :
            number(shown) + " of " + number(now.data.length) + " clusters";
        if (now.selected.length) choose(now.selected[0]);
    }

    function with_members(rows) {
        const number_of = new Map(state().data.map((x, i) => [x.cluster, i]));
        return rows.map(x => ({ cluster: x.cluster,
            members: explorer.data.members(number_of.get(x.cluster)) }))
            .filter(x => x.members);
    }

    function listen() {
        element("save-clusters").addEventListener("click", () =>
            explorer.save.clusters(state().sortedData));
        element("save-members").addEventListener("click", () => {
            const rows = state().sortedData;
            const list = with_members(rows);
            explorer.save.members(list, "members.tsv");
            if (list.length < rows.length)
                element("found").textContent = "Saved the members of " +
                    number(list.length) + " clusters; those of " +
                    number(rows.length - list.length) +
                    " were left out of this page.";
        });
        element("save-choice").addEventListener("click", () => {
            const cluster = state().data[chosen].cluster;
            explorer.save.members([{ cluster: cluster, members: members }],
                "cluster-" + String(cluster).replace(/[^\w.-]+/g, "_") +
                ".tsv");
        });
        element("colour").addEventListener("change", draw_network);
        element("grouping").addEventListener("change", draw_samples);
        addEventListener("pointerdown", () => { by_pointer = true; });
        addEventListener("keydown", () => { by_pointer = false; });
        // The canvas does not know of style sheets.
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
            () => { if (members) draw_network(); });
    }

    // To the page of the table that the row is on.
    function turn_to(cluster) {
        const now = state();
        const at = now.sortedData.findIndex(x => x.cluster === cluster);
        if (at >= 0) Reactable.getInstance("clusters")
            .gotoPage(Math.floor(at / now.pageSize));
    }

    function begin() {
        explorer.groups.options(element("colour"), explorer.network.choices(),
            facts.first_colour);
        explorer.groups.options(element("grouping"),
            explorer.samples.choices(), facts.first_group);
        element("choice-samples").hidden = !facts.has.samples;
        listen();
        const now = state();
        const named = named_in_address(now.data);
        const first = named >= 0 ? named : now.sortedData.length ?
            now.data.indexOf(now.data.find(x =>
                x.cluster === now.sortedData[0].cluster)) : -1;
        Reactable.getInstance("clusters").onStateChange(changed);
        changed(now);
        if (first >= 0) {
            Reactable.getInstance("clusters").setRowsSelected([String(first)]);
            turn_to(now.data[first].cluster);
        }
    }

    // The widgets are made when the page has been read.
    function wait() {
        try {
            state();
            Reactable.getState("members");
        } catch (error) {
            setTimeout(wait, 20);
            return;
        }
        begin();
    }
    wait();
})();
