// The members of a cluster and their links, drawn by vis-network.
explorer.network = (function () {
    "use strict";
    const facts = explorer.data.facts;
    const groups = explorer.groups;
    // More are slow to lay out, and a ball of wool to look at.
    const most = 300;
    // None of the values, whatever they are.
    const several = { };

    function name(member) {
        return facts.chains.map(chain => member[chain]).join(" : ");
    }

    // The value that a member is coloured by: a gene, or what all samples with
    // it have in common.
    function value(member, by) {
        if (by === "one") return "";
        if (by === "v_call" || by === "j_call") return member[by];
        const column = groups.values(by);
        const values = new Set(member.samples.map(x => column[x.sample]));
        if (values.size > 1) return several;
        return values.size ? Array.from(values)[0] : "";
    }

    function choices() {
        const found = [["one", "all alike"]];
        if (facts.has.v_call) found.push(["v_call", "by V gene"]);
        if (facts.has.j_call) found.push(["j_call", "by J gene"]);
        if (facts.has.samples) {
            found.push(["sample", "by sample"]);
            return found.concat(groups.columns("by ", found.map(x => x[1])));
        }
        return found;
    }

    function degrees(members) {
        const degree = new Array(members.rows.length).fill(0);
        for (const [a, b] of members.links) {
            degree[a]++;
            degree[b]++;
        }
        return degree;
    }

    // Those with most links stay.
    function thin(members, degree) {
        const order = members.rows.map((x, i) => i)
            .sort((a, b) => degree[b] - degree[a] || a - b);
        return new Set(order.slice(0, most));
    }

    function words(member, degree) {
        const text = [name(member)];
        const genes = [member.v_call, member.j_call].filter(x => x).join(" ");
        if (genes) text.push(genes);
        text.push(degree + (degree === 1 ? " link" : " links"));
        if (member.duplicate_count !== null)
            text.push("count " + member.duplicate_count);
        if (member.samples.length)
            text.push("in " + member.samples
                .map(x => facts.samples.name[x.sample]).slice(0, 10)
                .join(", ") + (member.samples.length > 10 ? ", ..." : ""));
        return text.join("\n");
    }

    function tooltip(text) {
        const box = document.createElement("div");
        box.className = "tooltip";
        // As text, whatever samples are called.
        box.textContent = text;
        return box;
    }

    function draw(members, by) {
        const network = HTMLWidgets.find("#network").network;
        const style = getComputedStyle(document.body);
        const ink = style.getPropertyValue("--ink").trim();
        const paper = style.getPropertyValue("--paper").trim();
        const line = style.getPropertyValue("--edge").trim();
        const degree = degrees(members);
        const kept = thin(members, degree);
        const shown = members.rows.map((x, i) => i).filter(i => kept.has(i));
        const values = shown.map(i => value(members.rows[i], by));
        const palette = groups.values(by) ?
            groups.of_samples(by) : groups.palette(values);
        const best = shown.slice().sort((a, b) => degree[b] - degree[a] || a - b);
        // All have names where there is room, else the hubs.
        const named = new Set(best.slice(0, shown.length <= 25 ? 25 : 5));
        // A large network is seen from afar.
        const size = Math.min(48, Math.max(14, 3.5 * Math.sqrt(shown.length)));
        const nodes = shown.map((i, at) => ({
            id: i, title: tooltip(words(members.rows[i], degree[i])),
            label: named.has(i) ? name(members.rows[i]) : undefined,
            shape: "dot", borderWidth: 1,
            size: Math.sqrt(size / 14) *
                (6 + 3 * Math.log2(members.rows[i].duplicate_count || 1)),
            color: { border: ink, background: by === "one" ?
                "#0072b2" : palette.of(values[at]) },
            font: { color: ink, size: size, face: "monospace",
                strokeWidth: size / 4, strokeColor: paper }
        }));
        const edges = members.links
            .filter(x => kept.has(x[0]) && kept.has(x[1]))
            .map(x => ({ from: x[0], to: x[1], color: line }));
        lay(network, nodes, edges);
        const entries = by === "one" ? [] :
            groups.used(palette, values.filter(x => x !== several));
        if (values.includes(several))
            entries.push({ name: "several", colour: groups.grey });
        return { entries: entries, nodes: nodes.length, edges: edges.length };
    }

    function lay(network, nodes, edges) {
        network.setOptions({
            layout: { randomSeed: 1, improvedLayout: nodes.length <= 100 },
            edges: { smooth: false, width: 1 },
            physics: {
                enabled: true, solver: "forceAtlas2Based",
                forceAtlas2Based: { gravitationalConstant: -40,
                    avoidOverlap: 0.3 },
                stabilization: { iterations: nodes.length > 100 ? 120 : 250,
                    fit: true }
            },
            interaction: { hideEdgesOnDrag: edges.length > 1000 }
        });
        // Standing still from then on; nodes can be dragged.
        network.once("stabilizationIterationsDone", () => {
            network.setOptions({ physics: { enabled: false } });
            network.fit();
        });
        network.setData({ nodes: nodes, edges: edges });
    }

    function draw_into(members, by) {
        const found = draw(members, by);
        groups.legend(document.getElementById("network-legend"), found.entries);
        const text = found.nodes + (found.nodes === 1 ? " receptor and " :
            " receptors and ") + found.edges +
            (found.edges === 1 ? " link" : " links");
        // Focus comes to it in its turn.
        const frame = document.querySelector("#network .vis-network");
        frame.tabIndex = 0;
        frame.setAttribute("role", "group");
        frame.setAttribute("aria-label", "Network of " + text + "; arrow keys move it, + and - zoom. " +
            "The members are listed in the table below.");
        document.getElementById("network-note").textContent = text +
            (found.nodes < members.rows.length ? ": of the " +
            members.rows.length + " members listed, those with the most links" :
            "") + ". " + (facts.has.count ? "Larger dots have larger counts. " :
            "") + "Point at one to see it.";
    }

    return { draw: draw_into, choices: choices };
})();
