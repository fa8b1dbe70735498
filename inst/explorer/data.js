// What the page holds of the clusters: the facts of all, and the members of
// each in parts that are unpacked when they are first asked for.
var explorer = { };

explorer.data = (function () {
    "use strict";
    const facts = read("facts");
    const parts = [];

    function read(id) {
        return JSON.parse(document.getElementById(id).textContent);
    }

    // Texts of many rows are one text, which is shorter than a list of them.
    function part(number) {
        if (parts[number]) return parts[number];
        const own = read("members-" + number);
        own.text = {};
        for (const chain of facts.chains)
            own.text[chain] = own[chain].split(" ");
        own.counts = own.sample_counts.split(";");
        own.first = sums(own.n);
        own.first_link = sums(own.links);
        parts[number] = own;
        return own;
    }

    function sums(n) {
        const first = [0];
        for (const x of n) first.push(first[first.length - 1] + x);
        return first;
    }

    function gene(codes, i) {
        return codes.length ? facts.genes[codes[i]] : "";
    }

    // "1:3,4:1": three in the first sample, one in the fourth.
    function samples(text) {
        if (!text) return [];
        return text.split(",").map(x => {
            const [sample, count] = x.split(":").map(Number);
            return { sample: sample - 1, count: count };
        });
    }

    // {rows, links} of the cluster in a row of the table; null where its
    // members were left out.
    function members(row) {
        if (facts.part[row] < 0) return null;
        const own = part(facts.part[row]);
        const at = facts.place[row];
        const rows = [];
        for (let i = own.first[at]; i < own.first[at + 1]; i++) {
            const member = {
                v_call: gene(own.v_call, i), j_call: gene(own.j_call, i),
                duplicate_count: own.duplicate_count.length ?
                    own.duplicate_count[i] : null,
                samples: samples(own.counts[i])
            };
            for (const chain of facts.chains)
                member[chain] = own.text[chain][i];
            rows.push(member);
        }
        const links = [];
        for (let i = own.first_link[at]; i < own.first_link[at + 1]; i++)
            links.push([own.from[i], own.to[i]]);
        return { rows: rows, links: links, all: facts.size[row] };
    }

    // Rows of the table whose clusters have a member with this in its CDR3.
    function find(text) {
        const found = new Set();
        text = text.toUpperCase();
        // Anything but residues is in no CDR3.
        if (!/^[A-Z]{2,}$/.test(text)) return found;
        for (let i = 0; i < facts.parts; i++) {
            const own = part(i);
            for (const chain of facts.chains) find_in(own, chain, text, found);
        }
        return found;
    }

    function find_in(own, chain, text, found) {
        const start = starts(own, chain);
        let cluster = 0;
        let at = own[chain].indexOf(text);
        while (at >= 0) {
            while (start[cluster + 1] <= at) cluster++;
            found.add(own.row[cluster]);
            // One hit is enough.
            at = own[chain].indexOf(text, start[cluster + 1]);
        }
    }

    // Where the text of each cluster begins.
    function starts(own, chain) {
        const name = "starts_" + chain;
        if (own[name]) return own[name];
        const start = new Int32Array(own.n.length + 1);
        let place = 0;
        for (let cluster = 0; cluster < own.n.length; cluster++) {
            start[cluster] = place;
            for (let i = own.first[cluster]; i < own.first[cluster + 1]; i++)
                place += own.text[chain][i].length + 1;
        }
        start[own.n.length] = place;
        own[name] = start;
        return start;
    }

    return { facts: facts, members: members, find: find };
})();
