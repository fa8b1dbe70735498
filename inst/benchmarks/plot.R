# The newest result of each scaling case, as time over number of sequences.
plot_scaling <- function(results_file, png_file) {
    results <- data.table::fread(results_file, sep = "\t", data.table = FALSE)
    results <- results[grepl("^scaling_", results$case), ]
    results <- results[!duplicated(results$case, fromLast = TRUE), ]
    results$borders <- sub("scaling_([a-z]+)_.*", "\\1", results$case)
    plot <- ggplot2::ggplot(
        results,
        ggplot2::aes(.data[["n"]], .data[["median"]],
            colour = .data[["borders"]])
    ) +
        ggplot2::geom_line() +
        ggplot2::geom_pointrange(
            ggplot2::aes(ymin = .data[["min"]], ymax = .data[["max"]])
        ) +
        # On the outer side of each line.
        ggplot2::geom_text(
            ggplot2::aes(
                label = paste(.data[["peak_mb"]], "MB"),
                vjust = ifelse(.data[["borders"]] == "join", -1, 2),
                hjust = ifelse(.data[["borders"]] == "join", 0.9, 0.1)
            ),
            size = 3, show.legend = FALSE
        ) +
        ggplot2::scale_x_log10(
            expand = ggplot2::expansion(mult = 0.1),
            breaks = sort(unique(results$n)),
            labels = function(x) format(x, big.mark = ",", scientific = FALSE)
        ) +
        ggplot2::scale_y_log10() +
        ggplot2::scale_colour_manual(
            values = c(cut = "#0072B2", join = "#D55E00")
        ) +
        ggplot2::labs(
            x = "sequences (OLGA TRB)", y = "seconds, 2 threads",
            title = "A whole batch run: train, precluster, cluster",
            subtitle = "median, minimum and maximum; peak memory at the points"
        ) +
        ggplot2::theme_minimal()
    ggplot2::ggsave(png_file, plot, width = 8, height = 5, dpi = 120,
        bg = "white")
}
