# Rscript engine_simulation.R [gigabytes a second] [slices at most]: replays
# what engine_costs.R and engine_growth.R have measured over 1 to 1,000 workers
# of one thread each, draws engine_simulation.png and writes
# engine_estimate.tsv, what 10^6, 10^8 and 10^9 receptors cost, stage by stage,
# and engine_giants.tsv, their largest units.
# engine_model.R says how.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
results <- Sys.getenv("CLUSTCR_RESULTS", here)
args <- commandArgs(TRUE)
bandwidth <- 1e9 * if (length(args)) as.numeric(args[1]) else 1
most_slices <- if (length(args) > 1) as.integer(args[2]) else 16L
source(file.path(here, "engine_model.R"))

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
write <- function(table, name) {
    data.table::fwrite(table, file.path(results, name), sep = "\t")
}
estimate <- all[all$workers %in% c(1, 10, 100, 1000), ]
estimate$seconds <- round(estimate$seconds, 1)
estimate$bytes <- round(estimate$bytes)
write(estimate, "engine_estimate.tsv")
write(transform(bound, seconds = round(seconds), bound = round(bound, 1),
    giant = round(giant), giant_links = round(giant_links),
    giant_seconds = round(giant_seconds, 1), links = round(links)),
    "engine_giants.tsv")
options(width = 120)
cat("The largest unit, and the speed-up that no number of workers passes\n")
print(bound, digits = 3, row.names = FALSE)
for (case in names(v_gene_of)) for (n in sizes) {
    cat(sprintf("\n%s, %.0e receptors: seconds by workers\n", case, n))
    print(round(xtabs(seconds ~ stage + workers,
        estimate[estimate$case == case & estimate$n == n, ])))
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
shown_stages <- c("reading files", "joining", "clustering", "the whole")
shown <- shown[shown$stage %in% shown_stages & shown$case != "components", ]
shown$stage <- factor(shown$stage, shown_stages)
title <- function(n) {
    factor(n, sizes, c("1 million (measured)", "100 million", "1,000 million"))
}
bound <- bound[bound$case != "components", ]
genes <- c("mcl" = "any V gene", "mcl, V genes" = "same V gene")
shown <- transform(shown, size = title(n), genes = genes[case])
bound <- transform(bound, size = title(n), genes = genes[case])
picture <- ggplot(shown, aes(workers, speed_up, colour = stage)) +
    geom_abline(colour = "grey70") +
    geom_hline(aes(yintercept = pmax(1, bound)), bound, linetype = "dashed") +
    # The others are drawn above it.
    geom_line(data = shown[shown$stage == "the whole", ], linewidth = 3) +
    geom_line(data = shown[shown$stage != "the whole", ], linewidth = 1) +
    facet_grid(genes ~ size) +
    scale_x_log10() + scale_y_log10() +
    coord_cartesian(ylim = c(0.2, 1000)) +
    scale_colour_manual(values = c("#0072B2", "#E69F00", "#009E73",
        "grey50"), drop = FALSE) +
    labs(x = "workers", y = "speed-up", colour = NULL, subtitle = paste(
        "dashed: the whole over its largest unit;",
        bandwidth / 1e9, "GB a second, at most", most_slices, "slices")) +
    theme_bw(base_size = 15) + theme(legend.position = "bottom")
ggsave(file.path(results, "engine_simulation.png"), picture, width = 10,
    height = 6.5, dpi = 100)
