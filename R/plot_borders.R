# Plot what borders between preclusters cost: man/plotBorders.Rd.
plotBorders <- function(x, ...) {
    need_ggplot2("`plotBorders()`")
    x <- as_clusters(x)
    rule <- link_rule(x, refuse_arguments(list(...), "plotBorders()",
        rule_arguments, named_arguments()))
    counts <- by_unit(x, border_rows, character(), rule = rule)
    sums <- counts
    if (nrow(counts)) {
        sums <- stats::aggregate(links ~ size + kind, counts, sum)
    }
    if (!sum(sums$links)) {
        return(draw_nothing("no cluster has links",
            data.frame(sums, share = numeric(nrow(sums)))))
    }
    total <- tapply(sums$links, sums$size, sum)
    sums$share <- sums$links / as.vector(total[as.character(sums$size)])
    draw_borders(sums)
}

# Links of each class of sizes, kept and lost, in a part of the table.
border_rows <- function(rows, rule) {
    check_columns(rows, "precluster", "x")
    members <- distinct_members(rows, rule)
    pairs <- linked_pairs(members, rule, 1L)
    cluster <- match(members$cluster, unique(members$cluster))
    size <- tabulate(cluster, max(cluster, 0L))
    of <- cut(size[cluster[pairs$index_from]], size_limits, size_names)
    crosses <- members$precluster[pairs$index_from] !=
        members$precluster[pairs$index_to]
    kinds <- c("kept", "lost")
    counts <- as.data.frame(table(size = of, kind = factor(kinds[crosses + 1L],
        kinds)), responseName = "links")
    counts[counts$size %in% of, , drop = FALSE]
}

draw_borders <- function(counts) {
    counts$size <- droplevels(counts$size)
    lost <- sum(counts$links[counts$kind == "lost"])
    all <- sum(counts$links)
    counts$label <- ifelse(counts$kind == "lost",
        percent_text(counts$share), "")
    counts$kind <- factor(counts$kind, c("kept", "lost"))
    ggplot2::ggplot(counts, ggplot2::aes(.data$size, .data$share,
        fill = .data$kind)) +
        ggplot2::geom_col(width = 0.8,
            position = ggplot2::position_stack(reverse = TRUE)) +
        ggplot2::geom_text(ggplot2::aes(y = 1.04, label = .data$label),
            size = label_size) +
        ggplot2::scale_fill_manual(name = NULL, values = c(
            kept = group_palette[6L], lost = group_palette[2L]),
            labels = c(kept = "within a precluster",
                lost = "across a border, lost by \"cut\""), drop = FALSE) +
        ggplot2::scale_y_continuous(labels = axis_percent,
            breaks = 0:4 / 4, expand = ggplot2::expansion(c(0, 0.03))) +
        ggplot2::labs(x = "Size of the cluster (CDR3s)",
            y = "Share of the links",
            caption = paste0(shown_number(lost), " of ",
                count_text(all, "link"), " within clusters cross a border (",
                percent_text(if (all) lost / all else 0), ")")) +
        theme_clusters() + ggplot2::theme(legend.position = "bottom",
            panel.grid.major.x = ggplot2::element_blank())
}
