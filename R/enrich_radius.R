# The largest distance at which a background has few neighbors:
# man/radiusByBackground.Rd.
radiusByBackground <- function(x, background, rate = 1e-5, max_radius = 24,
                               v_gene = "gene", j_gene = "none",
                               missing_genes = "none", n_cpus = 1) {
    rate <- check_number(rate, "rate", 0, 1)
    rule <- list(distance = "tcrdist", max_distance = check_number(max_radius,
        "max_radius", 1, most_distances[["tcrdist"]], whole = TRUE),
        ambiguous_genes = "same")
    for (name in c("v_gene", "j_gene", "missing_genes")) {
        rule[[name]] <- check_parameter(name, get(name))
    }
    threads <- check_threads(n_cpus)
    if (is.character(x)) x <- data.frame(junction_aa = x)
    sample <- classed_receptors(x, rule, "x")
    if (!nrow(sample)) bad_argument("`x` must have valid receptors")
    rows <- as.data.frame(x)[sample$row, , drop = FALSE]
    rownames(rows) <- NULL
    held <- sample[!duplicated(sample[c("junction_aa", "class")]), ]
    own <- match(do.call(paste, sample[c("junction_aa", "class")]),
        do.call(paste, held[c("junction_aa", "class")]))
    near <- 0
    size <- 0
    classes <- character()
    for (fetch in background_parts(background, are_pairs(sample))) {
        part <- classed_receptors(fetch(), rule, "background",
            are_pairs(sample))
        near <- near + cpp_count_by_distance(compared_columns(held),
            compared_columns(part), rule_list(rule), threads)
        size <- size + nrow(part)
        classes <- union(classes, part$class)
    }
    if (!size) bad_argument("`background` must have valid receptors")
    found <- largest_radius(near, rate * size)
    # Nothing speaks against any radius of what was compared with nothing.
    alone <- !held$class %in% classes
    found[alone, ] <- NA
    found <- found[own, ]
    if (any(alone)) {
        inform("left_out", count_text(sum(alone[own]), "receptor"), " of `x` ",
            if (sum(alone[own]) == 1L) "has" else "have", " genes that no ",
            "receptor of `background` has, such as ",
            shown_names(trimws(held$class[alone][1L])), ": no radius.")
    }
    found$background_size <- size
    cbind(rows[setdiff(names(rows), names(found))], found)
}

# `near`: of each receptor (row) how many of the background are at each distance
# (column, in steps of 3); `most`: how many neighbors a radius may have.
largest_radius <- function(near, most) {
    # Rows stay rows where there is one, or one column.
    within <- matrix(apply(near, 1L, cumsum), nrow(near), ncol(near),
        byrow = TRUE)
    steps <- rowSums(within <= most)
    data.frame(
        radius = ifelse(steps > 0, 3 * (steps - 1), NA_real_),
        background_neighbors = ifelse(steps > 0,
            within[cbind(seq_along(steps), pmax(steps, 1))], NA_real_)
    )
}
