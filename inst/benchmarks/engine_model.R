# The model of engine_simulation.R: seconds and bytes of each stage, by
# receptors and workers, from what was measured.
#
# Tasks are begun in the package's order, the largest unit first, each by who is
# free first. What one process does alone (adding staged batches, combining
# slices, writing units) is done alone here. All workers together read and write
# so many gigabytes a second at most (1); no stage is faster than its bytes.
#
# Larger sets are extrapolated:
#   files       of 100,000 receptors, as in the million
#   links       a receptor: a power of n through the real million and the
#               largest set published (74.2 million with 478.5 million links);
#               within V genes the same power
#   clustered   receptors: the share of the real million, growing with n as in
#               generated sets of 0.5 to 4 million: its logit is linear in log n
#   components  the largest one's share of the receptors that have its length
#               (and V gene): likewise; rather too much than too little, as
#               this levels off. Every length (and V gene) has a component of
#               that share, where that makes more receptors than a unit. It has
#               as many more links a receptor than others as in the real
#               million, as far as there are so many. All else is full units.
#   seconds     of a component: a power of its links, as measured; of other
#               units: as measured a link; of joins and plans: as measured, and
#               0.1 us for each link more. Flow matrices lie in files where
#               they must; that costs a tenth more, and is left out.
unit_rows <- 65536
seconds_a_link <- 0.1e-6  # cost_model.R
table_of <- function(name) {
    data.table::fread(file.path(results, name), data.table = FALSE)
}
costs <- table_of("engine_costs.tsv")
units <- table_of("engine_units.tsv")
growth <- table_of("engine_growth.tsv")
shares <- table_of("engine_groups.tsv")
measured_n <- 1e6
v_gene_of <- c("mcl" = "none", "mcl, V genes" = "gene", "components" = "none")

# Seconds or bytes of a part, a receptor.
a_receptor <- function(case, part, what) {
    row <- costs[costs$case == case & costs$part == part, ]
    sum(row[[what]]) / measured_n
}
# A slice: what all slices do (read, make keys), and what they share.
slice_costs <- function(case) {
    row <- costs[costs$case == case & costs$part == "a slice of the join", ]
    fit <- stats::lm.fit(cbind(all = 1, shared = 1 / row$parts), row$seconds)
    pmax(fit$coefficients, 0) / measured_n
}

links_a_receptor <- function(case, n) {
    power <- log(478.5 / 74.2 / (real_links("none") / measured_n)) / log(74.2)
    real_links(v_gene_of[[case]]) / measured_n * (n / measured_n)^power
}
real_links <- function(v_gene) {
    growth$links[growth$source == "real" & growth$v_gene == v_gene &
        growth$rows == measured_n]
}

# A share that is that of the real million, and grows as that of what was
# generated does: its logit is linear in log n.
extrapolated <- function(v_gene, n, part, of) {
    rows <- growth[growth$v_gene == v_gene, ]
    share <- stats::qlogis(rows[[part]] / rows[[of]])
    made <- rows$source == "made"
    slope <- stats::lm.fit(cbind(1, log(rows$rows[made])),
        share[made])$coefficients[2]
    real <- share[rows$source == "real" & rows$rows == measured_n]
    stats::plogis(real + slope * log(n / measured_n))
}

# MCL of a component alone: the units that are one, and the largest of the six
# million (README.md). Components alone cost in proportion to links.
component_seconds <- function(case) {
    rows <- units[units$case == case, ]
    if (case == "components") {
        return(function(links) links * sum(rows$seconds) / sum(rows$links))
    }
    rows <- units[units$case == "mcl" & units$receptors > unit_rows,
        c("links", "seconds")]
    rows <- rbind(rows, data.frame(links = 2.4e6, seconds = 138))
    fit <- stats::lm.fit(cbind(1, log(rows$links)), log(rows$seconds))
    function(links) exp(fit$coefficients[1] + fit$coefficients[2] * log(links))
}

# Receptors, links and seconds of the units of n receptors, the largest first.
units_of <- function(case, n) {
    these <- units[units$case == case, c("receptors", "links", "seconds")]
    if (n == measured_n) return(these)
    v_gene <- v_gene_of[[case]]
    giants <- shares$share[shares$v_gene == v_gene] * n *
        extrapolated(v_gene, n, "largest", "same_length")
    giants <- giants[giants > unit_rows]
    clustered <- n * extrapolated(v_gene, n, "clustered", "rows")
    giants <- giants * min(1, clustered / sum(giants))
    all_links <- n * links_a_receptor(case, n)
    links <- giants * min(giant_density(v_gene) * all_links / clustered,
        all_links / sum(giants))
    small <- these[these$receptors <= unit_rows, ]
    rest <- ceiling((clustered - sum(giants)) / unit_rows)
    left <- all_links - sum(links)
    seconds <- left * sum(small$seconds) / sum(small$links)
    data.frame(receptors = c(giants, rep(unit_rows, rest)),
        links = c(links, rep(left / rest, rest)),
        seconds = c(component_seconds(case)(links), rep(seconds / rest, rest)))
}

# Links a receptor of the largest component, over those of all clustered.
giant_density <- function(v_gene) {
    with(growth[growth$source == "real" & growth$v_gene == v_gene &
        growth$rows == measured_n, ],
        (largest_links / largest) / (links / clustered))
}

# When the last of the tasks ends, begun in their order by who is free first.
schedule <- function(seconds, workers) {
    if (workers >= length(seconds)) return(max(seconds))
    free <- numeric(workers)
    for (s in seconds) {
        first <- which.min(free)
        free[first] <- free[first] + s
    }
    max(free)
}

# Seconds of each stage with so many workers; `bytes` it moves.
stages <- function(case, n, workers) {
    part <- function(name, what = "seconds") n * a_receptor(case, name, what)
    of_bytes <- function(bytes) bytes / bandwidth
    files <- rep(part("staging, with reading") / (n / 1e5), n / 1e5)
    staged <- part("staging, with reading", "bytes")
    store <- part("adding what is staged", "bytes")
    raw <- part("reading", "bytes")
    written <- part("combining slices and writing units", "bytes")
    clusters <- part("reading clusters", "bytes")
    slices <- min(workers, most_slices)
    slice <- slice_costs(case) * n
    new_links <- seconds_a_link * n *
        (links_a_receptor(case, n) - links_a_receptor(case, measured_n))
    more <- links_a_receptor(case, n) / links_a_receptor(case, measured_n)
    links <- part("links of all slices", "bytes") * more
    joined <- slices * store + links
    of_units <- units_of(case, n)
    alone <- part("combining slices and writing units") + new_links
    of <- list(
        "reading files" = c(max(schedule(files, workers),
            of_bytes(raw + staged)), raw + staged),
        "adding batches (one process)" = c(max(part("adding what is staged"),
            of_bytes(staged + store)), staged + store),
        "joining" = c(max(slice[["all"]] +
            (slice[["shared"]] + new_links) / slices,
            of_bytes(joined)), joined),
        "planning (one process)" = c(max(alone, of_bytes(links + 2 * store +
            written)), links + 2 * store + written),
        "clustering" = c(max(schedule(of_units$seconds, workers),
            of_bytes(written + clusters)), written + clusters),
        "results" = c(max(part("reading clusters") / workers,
            of_bytes(clusters)), clusters)
    )
    table <- data.frame(case = case, n = n, workers = workers,
        stage = names(of), t(matrix(unlist(of), 2)))
    names(table)[5:6] <- c("seconds", "bytes")
    table
}
