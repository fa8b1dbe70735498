# Rscript engine_simulation.R [gigabytes a second]: replays what engine_costs.R
# and engine_growth.R have measured over 1 to 1,000 workers of one thread each,
# prints what 10^8 and 10^9 receptors cost and draws engine_simulation.png.
#
# Tasks are begun in the package's order, the largest unit first, each by who is
# free first. What one process does alone (adding staged batches, combining
# slices, writing units) is done alone here. All workers together read and write
# so many gigabytes a second at most (1); no stage is faster than its bytes.
#
# Larger sets are extrapolated:
#   files        of 100,000 receptors, as in the million
#   links        a receptor: a power of n through the real million and the
#                largest set published (74.2 million with 478.5 million links);
#                within V genes the same power
#   components   the largest one's share of the receptors that have its length
#                (and V gene): its logit is linear in log n. Every length (and
#                V gene) has a component of that share, where that makes more
#                receptors than a unit; the rest goes to units as measured.
#   seconds      of a component: a power of its links, through those measured;
#                of other units, and of combining slices and writing units: as
#                measured, in proportion to links a receptor.
#                A component's flow matrices lie in files where they must; that
#                costs a tenth more, and is left out.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
results <- Sys.getenv("CLUSTCR_RESULTS", here)
args <- commandArgs(TRUE)
bandwidth <- 1e9 * if (length(args)) as.numeric(args[1]) else 1
unit_rows <- 65536
most_slices <- 256
seconds_a_link <- 0.1e-6  # of a join: cost_model.R
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

largest_share <- function(v_gene, n) {
    rows <- growth[growth$source == "real" & growth$v_gene == v_gene, ]
    share <- rows$largest / rows$same_length
    fit <- stats::lm.fit(cbind(1, log(rows$rows)), stats::qlogis(share))
    stats::plogis(sum(fit$coefficients * c(1, log(n))))
}

component_seconds <- function(case) {
    rows <- units[units$case == case & units$links > 1000, ]
    fit <- stats::lm.fit(cbind(1, log(rows$links)), log(rows$seconds))
    function(links) exp(fit$coefficients[1] + fit$coefficients[2] * log(links))
}

# Receptors and seconds of the units of n receptors.
units_of <- function(case, n) {
    these <- units[units$case == case, ]
    if (n == measured_n) return(these[c("receptors", "seconds", "links")])
    v_gene <- v_gene_of[[case]]
    more <- links_a_receptor(case, n) / links_a_receptor(case, measured_n)
    giants <- shares$share[shares$v_gene == v_gene] * n *
        largest_share(v_gene, n)
    giants <- giants[giants > unit_rows]
    real <- growth[growth$source == "real" & growth$v_gene == v_gene &
        growth$rows == measured_n, ]
    links <- giants * real$largest_links / real$largest * more
    small <- these[these$receptors <= unit_rows, ]
    clustered <- clustered_share(v_gene, n) * n
    times <- max(0, clustered - sum(giants)) / sum(small$receptors)
    small <- small[rep(seq_len(nrow(small)), ceiling(times)), ]
    small$seconds <- small$seconds * more * times / ceiling(times)
    data.frame(receptors = c(giants, small$receptors),
        seconds = c(component_seconds(case)(links), small$seconds),
        links = c(links, small$links * more))
}
clustered_share <- function(v_gene, n) {
    rows <- growth[growth$source == "real" & growth$v_gene == v_gene, ]
    fit <- stats::lm.fit(cbind(1, log(rows$rows)),
        stats::qlogis(rows$clustered / rows$rows))
    stats::plogis(sum(fit$coefficients * c(1, log(n))))
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
    slice["shared"] <- slice["shared"] + seconds_a_link * n *
        (links_a_receptor(case, n) - links_a_receptor(case, measured_n))
    more <- links_a_receptor(case, n) / links_a_receptor(case, measured_n)
    links <- part("links of all slices", "bytes") * more
    joined <- slices * store + links
    of_units <- units_of(case, n)
    alone <- part("combining slices and writing units") * more
    of <- list(
        "reading files" = c(max(schedule(files, workers),
            of_bytes(raw + staged)), raw + staged),
        "adding batches (one process)" = c(max(part("adding what is staged"),
            of_bytes(staged + store)), staged + store),
        "joining" = c(max(slice[["all"]] + slice[["shared"]] / slices,
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
workers <- unique(round(10^seq(0, 3, 0.1)))
sizes <- c(measured_n, 1e8, 1e9)
grid <- expand.grid(workers = workers, n = sizes,
    case = names(v_gene_of), stringsAsFactors = FALSE)
all <- do.call(rbind, Map(stages, grid$case, grid$n, grid$workers))
whole <- stats::aggregate(seconds ~ case + n + workers, all, sum)
one <- whole[whole$workers == 1, c("case", "n", "seconds")]
giant <- do.call(rbind, lapply(names(v_gene_of), function(case) {
    do.call(rbind, lapply(sizes, function(n) {
        of_units <- units_of(case, n)
        data.frame(case = case, n = n, giant = max(of_units$receptors),
            giant_links = of_units$links[which.max(of_units$receptors)],
            giant_seconds = max(of_units$seconds), units = nrow(of_units),
            links = n * links_a_receptor(case, n))
    }))
}))
bound <- merge(one, giant)
bound$bound <- bound$seconds / bound$giant_seconds
options(width = 120)
cat("The largest component, and the speed-up that no number of workers",
    "passes\n")
print(bound, digits = 3, row.names = FALSE)
for (case in names(v_gene_of)) for (n in sizes) {
    cat(sprintf("\n%s, %.0e receptors: seconds with 1, 10, 100, 1000 workers\n",
        case, n))
    these <- all[all$case == case & all$n == n &
        all$workers %in% c(1, 10, 100, 1000), ]
    print(round(xtabs(seconds ~ factor(stage, unique(stage)) + workers,
        these)))
    print(round(xtabs(bytes / 1e9 ~ factor(stage, unique(stage)) + workers,
        these), 1))
}

library(ggplot2)
shown <- merge(
    rbind(all[c("case", "n", "workers", "stage", "seconds")],
        cbind(whole, stage = "the whole")[c("case", "n", "workers", "stage",
            "seconds")]),
    stats::setNames(
        rbind(all[all$workers == 1, c("case", "n", "stage", "seconds")],
            cbind(one, stage = "the whole")[c("case", "n", "stage",
                "seconds")]),
        c("case", "n", "stage", "alone")
    )
)
shown$speed_up <- shown$alone / shown$seconds
levels <- c("reading files", "joining", "clustering", "the whole")
shown <- shown[shown$stage %in% levels & shown$case != "components", ]
shown$stage <- factor(shown$stage, levels)
title <- function(n) factor(n, sizes, c("1 million (measured)", "100 million",
    "1,000 million"))
shown$size <- title(shown$n)
bound <- bound[bound$case != "components", ]
bound$size <- title(bound$n)
picture <- ggplot(shown, aes(workers, speed_up, colour = stage)) +
    geom_abline(colour = "grey70") +
    geom_hline(aes(yintercept = pmax(1, bound)), bound, linetype = "dashed") +
    geom_line(aes(linewidth = stage == "the whole")) +
    facet_grid(case ~ size) +
    scale_x_log10() + scale_y_log10() +
    coord_cartesian(ylim = c(0.7, 1000)) +
    scale_linewidth_manual(values = c(0.9, 1.8), guide = "none") +
    scale_colour_manual(values = c("#0072B2", "#E69F00", "#009E73",
        "#000000")) +
    labs(x = "workers", y = "speed-up", colour = NULL, subtitle = paste(
        "dashed: the whole over the largest component;",
        bandwidth / 1e9, "GB a second")) +
    theme_bw(base_size = 15) + theme(legend.position = "bottom")
ggsave(file.path(results, "engine_simulation.png"), picture, width = 10,
    height = 6.5, dpi = 100)
