# Plot how large clusters are: man/plotClusterSizes.Rd.
plotClusterSizes <- function(x) {
    need_ggplot2("`plotClusterSizes()`")
    several <- is.list(x) && !is.data.frame(x)
    sets <- if (several) x else list(x)
    if (several && (is.null(names(x)) || anyDuplicated(names(x)) ||
        !all(nzchar(names(x))))) {
        bad_argument("`x` must have a name for each set of clusters, all ",
            "different")
    }
    parts <- lapply(seq_along(sets), function(i) {
        counts <- table(sizes_of(sets[[i]]))
        data.frame(
            set = rep(if (several) names(sets)[i] else "clusters",
                length(counts)),
            size = as.numeric(names(counts)), clusters = as.vector(counts)
        )
    })
    counts <- do.call(rbind, parts)
    if (is.null(counts) || !nrow(counts)) {
        return(draw_nothing(no_cluster, counts))
    }
    draw_sizes(counts, several)
}

sizes_of <- function(x) {
    if (is.data.frame(x) && "size" %in% names(x) &&
        !anyDuplicated(x[["cluster"]])) {
        if (!is.numeric(x$size) || anyNA(x$size) || any(x$size < 1)) {
            bad_argument("`size` of `x` must hold whole numbers of 1 or more")
        }
        return(x$size)
    }
    member_counts(as_clusters(x))$size
}

draw_sizes <- function(counts, several) {
    groups <- factor(counts$set, unique(counts$set))
    if (nlevels(groups) > length(group_palette)) groups <- as_groups(groups)
    counts$group <- groups
    plot <- ggplot2::ggplot(counts, ggplot2::aes(.data$size, .data$clusters,
        colour = .data$group, group = .data$set)) +
        (if (several && anyDuplicated(counts$set)) ggplot2::geom_line(
            alpha = 0.5)) +
        ggplot2::geom_point(size = 3) +
        ggplot2::scale_x_log10(labels = axis_numbers,
            breaks = log_breaks(counts$size)) +
        ggplot2::scale_y_log10(labels = axis_numbers,
            breaks = log_breaks(counts$clusters)) +
        ggplot2::scale_colour_manual(values = group_colours(groups),
            name = NULL, labels = short_labels()) +
        ggplot2::labs(x = "Size (different CDR3s)",
            y = "Clusters of this size") +
        theme_clusters()
    if (several) plot else plot + ggplot2::theme(legend.position = "none")
}

# 1, 2, 5, 10, ... over the range of `x`, or powers of ten over a wide one.
log_breaks <- function(x) {
    decades <- 10^(0:ceiling(log10(max(x, 10))))
    found <- if (max(x) <= 1000) outer(c(1, 2, 5), decades) else decades
    sort(found[found <= max(x, 1) * 1.001])
}

plot.Clusters <- function(x, ...) drawn(plotClusterSizes(x))

plot.clustcr_summary <- function(x, ...) drawn(plotClusterSizes(x))

# What plot() does with a picture.
drawn <- function(plot) {
    print(plot)
    invisible(plot)
}
