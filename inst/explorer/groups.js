// Colours of groups, and the legends that say what they mean.
explorer.groups = (function () {
    "use strict";
    // Okabe and Ito's in the order of the package's pictures, without black,
    // which can't be seen in the dark; grey for the rest.
    const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
        "#56b4e9"];
    const grey = "#999999";

    // A function from a value to a colour: the most frequent have their own.
    function palette(values) {
        const n = new Map();
        for (const x of values)
            if (x !== null && x !== "") n.set(x, (n.get(x) || 0) + 1);
        const names = Array.from(n.keys())
            .sort((a, b) => n.get(b) - n.get(a) || (a < b ? -1 : 1));
        const own = names.length > colours.length ?
            names.slice(0, colours.length) : names;
        const map = new Map(own.map((x, i) => [x, colours[i]]));
        const entries = own.map(x => ({ name: x, colour: map.get(x) }));
        if (own.length < names.length)
            entries.push({ name: (names.length - own.length) + " others",
                colour: grey });
        if (values.some(x => x === null || x === ""))
            entries.push({ name: "none", colour: grey });
        return { of: x => map.get(x) || grey, entries: entries };
    }

    function legend(list, entries) {
        list.replaceChildren(...entries.map(entry => {
            const item = document.createElement("li");
            const mark = document.createElement("span");
            mark.className = "mark";
            mark.style.background = entry.colour;
            item.append(mark, entry.name);
            return item;
        }));
    }

    // `choices`: [value, text] for each.
    function options(select, choices, chosen) {
        select.replaceChildren(...choices.map(choice => {
            const option = document.createElement("option");
            option.value = choice[0];
            option.textContent = choice[1];
            return option;
        }));
        select.value = chosen;
    }

    // The value of each sample, by its name ("sample") or a column of the sheet
    // ("sheet:age"); null for what is none of the samples.
    function values(by) {
        const samples = explorer.data.facts.samples;
        if (by === "sample") return samples.name;
        return by.startsWith("sheet:") ? samples.columns[by.slice(6)] : null;
    }

    // Places of the values in their order, for numbers have another than texts.
    function levels(by) {
        const names = explorer.data.facts.samples.levels[by.slice(6)];
        return new Map(names.map((x, i) => [x, i]));
    }

    // The columns of the sheet as choices; `own` are texts of other choices.
    function columns(text, own) {
        return Object.keys(explorer.data.facts.samples.columns).map(x =>
            ["sheet:" + x, text + x + (own.includes(text + x) ?
                " (of the sheet)" : "")]);
    }

    // The same in all pictures.
    function of_samples(by) {
        return palette(values(by));
    }

    // Entries of a legend that are in use.
    function used(palette, values) {
        const there = new Set(values.map(palette.of));
        return palette.entries.filter(x => there.has(x.colour));
    }

    return { palette: palette, values: values, levels: levels,
        columns: columns, of_samples: of_samples, used: used, legend: legend,
        options: options, grey: grey };
})();
