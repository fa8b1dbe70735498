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

    // Of a column of the sample sheet, the same in all pictures.
    function of_samples(by) {
        const samples = explorer.data.facts.samples;
        return palette(by === "sample" ? samples.name : samples.columns[by]);
    }

    // Entries of a legend that are in use.
    function used(palette, values) {
        const there = new Set(values.map(palette.of));
        return palette.entries.filter(x => there.has(x.colour));
    }

    return { palette: palette, of_samples: of_samples, used: used, legend: legend, options: options, grey: grey };
})();
