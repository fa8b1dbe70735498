// Tables as files: tabs between, no quotes, as AIRR has it.
explorer.save = (function () {
    "use strict";
    const facts = explorer.data.facts;

    function field(x) {
        if (x === null || x === undefined || Number.isNaN(x)) return "";
        return String(x).replace(/[\t\r\n]+/g, " ");
    }

    function table(header, rows) {
        return [header].concat(rows)
            .map(row => row.map(field).join("\t")).join("\n") + "\n";
    }

    function file(name, text) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(
            new Blob([text], { type: "text/tab-separated-values" }));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }

    // `rows`: objects with the columns of the table.
    function clusters(rows) {
        const columns = facts.columns;
        file("clusters.tsv",
            table(columns, rows.map(x => columns.map(y => x[y]))));
    }

    // A row for each member and sample; one for a member without samples.
    function members(list, name) {
        const genes = ["v_call", "j_call"].filter(x => facts.has[x]);
        const header = ["cluster"].concat(facts.chains, genes);
        if (facts.has.samples) header.push("repertoire_id");
        if (facts.has.samples || facts.has.count)
            header.push("duplicate_count");
        const rows = [];
        for (const own of list) {
            for (const x of own.members.rows) {
                const row = [own.cluster].concat(
                    facts.chains.concat(genes).map(y => x[y]));
                if (!facts.has.samples) {
                    rows.push(row.concat(x.duplicate_count));
                    continue;
                }
                for (const y of x.samples)
                    rows.push(row.concat(facts.samples.name[y.sample],
                        y.count));
            }
        }
        file(name, table(header, rows));
        return rows.length;
    }

    return { clusters: clusters, members: members };
})();
