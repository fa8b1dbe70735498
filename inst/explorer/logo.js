// A sequence logo as SVG, of the members of the commonest length. A letter is
// as high as the share of members that have it.
explorer.logo = (function () {
    "use strict";
    const ns = "http://www.w3.org/2000/svg";
    const font = "Arial, Helvetica, sans-serif";
    const width = 26, height = 120, left = 46, below = 22, above = 6;
    // By chemistry, in colours that the colour-blind can tell.
    const kinds = [
        ["polar", "GSTYCQN"], ["basic", "KRH"], ["acidic", "DE"],
        ["hydrophobic", "AVLIPWFM"]
    ];
    const glyphs = {};

    function kind(letter) {
        const found = kinds.find(x => x[1].includes(letter));
        return found ? found[0] : "other";
    }

    // The box that a letter fills, at a size of 100.
    function glyph(letter) {
        if (!glyphs[letter]) {
            const context = document.createElement("canvas").getContext("2d");
            context.font = "bold 100px " + font;
            const box = context.measureText(letter);
            glyphs[letter] = {
                left: box.actualBoundingBoxLeft,
                width: box.actualBoundingBoxLeft + box.actualBoundingBoxRight,
                below: box.actualBoundingBoxDescent,
                height: box.actualBoundingBoxAscent +
                    box.actualBoundingBoxDescent
            };
        }
        return glyphs[letter];
    }

    function put(parent, name, attributes, text) {
        const element = document.createElementNS(ns, name);
        for (const key in attributes)
            element.setAttribute(key, attributes[key]);
        if (text !== undefined) element.textContent = text;
        parent.appendChild(element);
        return element;
    }

    function commonest_length(texts) {
        const n = {};
        for (const text of texts) n[text.length] = (n[text.length] || 0) + 1;
        return Number(Object.keys(n).sort((a, b) => n[b] - n[a] || a - b)[0]);
    }

    // For each position the letters and their shares, the rarest first.
    function counts(texts) {
        const length = commonest_length(texts);
        const used = texts.filter(x => x.length === length);
        const columns = [];
        for (let i = 0; i < length; i++) {
            const n = {};
            for (const text of used) n[text[i]] = (n[text[i]] || 0) + 1;
            columns.push(Object.keys(n)
                .map(x => ({ letter: x, share: n[x] / used.length }))
                .sort((a, b) => a.share - b.share ||
                    (a.letter < b.letter ? 1 : -1)));
        }
        return { columns: columns, used: used.length, of: texts.length };
    }

    function letters(svg, columns) {
        columns.forEach((column, i) => {
            let bottom = above + height;
            for (const x of column) {
                const box = glyph(x.letter);
                const sx = (width - 2) / box.width;
                const sy = x.share * height / box.height;
                put(svg, "text", {
                    class: "letter " + kind(x.letter),
                    "font-size": 100, "font-weight": "bold",
                    "font-family": font,
                    transform: "translate(" +
                        (left + i * width + 1 + box.left * sx).toFixed(2) +
                        " " + (bottom - box.below * sy).toFixed(2) +
                        ") scale(" + sx.toFixed(4) + " " + sy.toFixed(4) + ")"
                }, x.letter);
                bottom -= x.share * height;
            }
            put(svg, "text", {
                class: "axis", x: left + (i + 0.5) * width,
                y: above + height + 15, "text-anchor": "middle"
            }, i + 1);
        });
    }

    function axis(svg) {
        for (const share of [0, 0.5, 1]) {
            const y = above + height * (1 - share);
            put(svg, "text", {
                class: "axis", x: left - 5, y: y + 4, "text-anchor": "end"
            }, 100 * share + (share === 1 ? " %" : ""));
        }
    }

    function words(columns) {
        return columns.map((column, i) => {
            const best = column[column.length - 1];
            return (i + 1) + " " + best.letter + " " +
                Math.round(100 * best.share) + " %";
        }).join(", ");
    }

    function draw(frame, texts, title) {
        const found = counts(texts);
        const svg = put(frame, "svg", {
            role: "img", width: left + found.columns.length * width + 4,
            height: above + height + below
        });
        put(svg, "title", {}, title + ", most frequent residues: " +
            words(found.columns));
        axis(svg);
        letters(svg, found.columns);
        return found;
    }

    return { draw: draw, kinds: kinds, counts: counts };
})();
