// The matrix of a cluster's members and the samples that have them.
explorer.samples = (function () {
    "use strict";
    const facts = explorer.data.facts;
    const groups = explorer.groups;
    const most = { rows: 50, samples: 60 };

    function put(parent, name, text, className) {
        const element = document.createElement(name);
        if (text !== undefined) element.textContent = text;
        if (className) element.className = className;
        parent.appendChild(element);
        return element;
    }

    function totals(members) {
        const total = new Map();
        for (const member of members.rows)
            for (const x of member.samples)
                total.set(x.sample, (total.get(x.sample) || 0) + x.count);
        return total;
    }

    // The samples with the cluster, by group, then by count.
    function columns(total, by) {
        const group = groups.values(by);
        const order = Array.from(total.keys())
            .sort((a, b) => total.get(b) - total.get(a) || a - b)
            .slice(0, most.samples);
        if (!group) return order;
        const level = groups.levels(by);
        // Without a value last.
        const place = x => level.has(group[x]) ? level.get(group[x]) :
            level.size;
        return order.sort((a, b) => place(a) - place(b));
    }

    function cell(row, count, largest) {
        const td = put(row, "td", count || "");
        if (!count) return;
        // By the logarithm, for counts differ by orders of magnitude.
        const share = largest > 1 ? Math.log(count) / Math.log(largest) : 1;
        td.style.setProperty("--share", (15 + 60 * share).toFixed(0) + "%");
        td.className = "there";
    }

    function head(table, order, group, palette) {
        const row = put(put(table, "thead"), "tr");
        put(row, "th", "Receptor").scope = "col";
        for (const sample of order) {
            const th = put(row, "th", undefined, "sample");
            th.scope = "col";
            put(th, "span", facts.samples.name[sample]);
            if (group) {
                th.style.borderBottomColor = palette.of(group[sample]);
                th.title = String(group[sample]);
            }
        }
    }

    function body(table, members, order, total) {
        const tbody = put(table, "tbody");
        const all = put(tbody, "tr", undefined, "all");
        put(all, "th", "All members").scope = "row";
        const most_total = Math.max(...order.map(x => total.get(x)));
        for (const sample of order) cell(all, total.get(sample), most_total);
        const rows = members.rows.slice(0, most.rows);
        let largest = 1;
        for (const member of rows)
            for (const x of member.samples)
                largest = Math.max(largest, x.count);
        for (const member of rows) {
            const row = put(tbody, "tr");
            put(row, "th", facts.chains.map(x => member[x]).join(" : "))
                .scope = "row";
            const count = new Map(member.samples.map(x => [x.sample, x.count]));
            for (const sample of order)
                cell(row, count.get(sample), largest);
        }
        return rows.length;
    }

    function draw(members, by) {
        const total = totals(members);
        const order = columns(total, by);
        const group = groups.values(by);
        const palette = group ? groups.of_samples(by) : null;
        const table = document.createElement("table");
        put(table, "caption", "Counts of the members in the samples",
            "unseen");
        head(table, order, group, palette);
        const shown = body(table, members, order, total);
        document.getElementById("samples").replaceChildren(table);
        groups.legend(document.getElementById("samples-legend"),
            group ? groups.used(palette, order.map(x => group[x])) : []);
        const text = ["In " + total.size + " of " + facts.samples.name.length +
            (facts.samples.name.length === 1 ? " sample." : " samples.")];
        if (order.length < total.size)
            text.push("Shown are the " + order.length + " with most.");
        if (shown < members.rows.length)
            text.push("Of " + members.rows.length + " members the first " +
                shown + " are shown.");
        document.getElementById("samples-note").textContent = text.join(" ");
    }

    function choices() {
        return [["none", "nothing"]].concat(groups.columns("", ["nothing"]));
    }

    return { draw: draw, choices: choices };
})();
