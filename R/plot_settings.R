# Plot what settings do to clusters: man/plotSettings.Rd.
plotSettings <- function(x) {
    need_ggplot2("`plotSettings()`")
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a result of compareSettings(), not ",
            given(x))
    }
    columns <- c("distance", "v_gene", "inflation", "clusters", "largest",
        "retention", "purity", "consistency", "purity_baseline",
        "consistency_baseline")
    check_columns(x, columns, "x")
    class(x) <- "data.frame"
    points <- settings_points(x)
    if (!nrow(points)) return(draw_nothing("no settings were compared", points))
    draw_settings(points)
}

settings_measures <- c(retention = "Retention", purity = "Purity",
    consistency = "Consistency", largest = "Largest cluster (receptors)",
    clusters = "Clusters")

# A row for each setting and measure.
settings_points <- function(x) {
    there <- vapply(names(settings_measures), function(name) {
        !all(is.na(x[[name]]))
    }, NA)
    measures <- names(settings_measures)[there]
    several <- length(unique(x$distance)) > 1L
    setting <- paste0(rep("V gene: ", nrow(x)), x$v_gene,
        if (several) paste0(", ", x$distance))
    parts <- lapply(measures, function(name) {
        baseline <- x[[paste0(name, "_baseline")]]
        data.frame(
            measure = settings_measures[[name]], setting = setting,
            inflation = x$inflation, value = x[[name]],
            baseline = if (is.null(baseline)) NA_real_ else baseline
        )
    })
    if (!length(parts) || !nrow(x)) {
        return(data.frame(measure = factor(), setting = factor(),
            inflation = numeric(), value = numeric(), baseline = numeric()))
    }
    points <- do.call(rbind, parts)
    points$measure <- factor(points$measure, settings_measures[measures])
    points$setting <- factor(points$setting, unique(setting))
    points
}

draw_settings <- function(points) {
    if (nlevels(points$setting) > length(group_palette)) {
        points$setting <- as_groups(points$setting)
    }
    ggplot2::ggplot(points, ggplot2::aes(.data$inflation, .data$value,
        colour = .data$setting)) +
        # A line needs two points.
        (if (anyDuplicated(points[c("measure", "setting")])) list(
            ggplot2::geom_line(ggplot2::aes(y = .data$baseline), linetype = 3,
                linewidth = 0.8, na.rm = TRUE),
            ggplot2::geom_line(linewidth = 0.8, na.rm = TRUE)
        )) +
        ggplot2::geom_point(size = 3, na.rm = TRUE) +
        ggplot2::facet_wrap(~ measure, scales = "free_y", labeller =
            ggplot2::labeller(measure = function(x) {
                vapply(x, wrapped, "", 17L)
            })) +
        ggplot2::scale_colour_manual(values = group_colours(points$setting),
            name = NULL, labels = short_labels(30L)) +
        ggplot2::scale_x_continuous(labels = axis_numbers,
            breaks = unique(points$inflation),
            guide = ggplot2::guide_axis(check.overlap = TRUE)) +
        ggplot2::guides(colour = ggplot2::guide_legend(ncol = 2)) +
        ggplot2::scale_y_continuous(labels = axis_numbers,
            limits = c(0, NA)) +
        ggplot2::labs(x = "Inflation", y = NULL) +
        theme_clusters() + ggplot2::theme(legend.position = "bottom",
            panel.spacing = ggplot2::unit(14, "pt"))
}

plot.clustcr_settings <- function(x, ...) drawn(plotSettings(x))
