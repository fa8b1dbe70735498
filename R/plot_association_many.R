# Pictures of many phenotypes: one point a test, phenotypes side by side; and
# the hits as a heat map.

# Tests in the order of their phenotypes, as those lie in the genome or were
# given; groups such as loci in turns of two shades.
draw_manhattan <- function(table, about, alpha, labels, note) {
    names <- if (is.null(about$phenotypes)) unique(table$phenotype)
        else about$phenotypes$phenotype
    names <- names[names %in% table$phenotype]
    groups <- phenotype_group(names)
    table$x <- match(table$phenotype, names) + spread_within(table)
    group <- groups[match(table$phenotype, names)]
    shade <- (match(group, unique(groups)) %% 2L) + 1L
    kinds <- c("passes", "does not", "does not (next)")
    table$kind <- factor(ifelse(table$passes, 1L, 1L + shade), 1:3, kinds)
    labels$x <- table$x[match(rownames(labels), rownames(table))]
    labels$y <- labels$strength
    threshold <- if (any(table$passes)) min(table$strength[table$passes])
    ggplot2::ggplot(table, ggplot2::aes(.data$x, .data$strength)) +
        (if (!is.null(threshold)) ggplot2::geom_hline(
            yintercept = threshold, linetype = 2, colour = "grey60")) +
        ggplot2::geom_point(ggplot2::aes(colour = .data$kind), size = 1.8) +
        ggplot2::scale_colour_manual(values = stats::setNames(
            c(group_palette[2L], "grey72", "grey50"), kinds), guide = "none") +
        ggplot2::scale_y_continuous(labels = axis_numbers,
            expand = ggplot2::expansion(c(0.02, 0.12))) +
        manhattan_axis(names, groups) +
        ggplot2::labs(x = NULL, y = expression(-log[10](p)),
            caption = wrapped(paste0(note,
                " (q of at most ", shown_number(alpha), ")"))) +
        theme_clusters() +
        ggplot2::theme(panel.grid.major.x = ggplot2::element_blank(),
            axis.text.x = ggplot2::element_text(angle = 45, hjust = 1)) +
        (if (nrow(labels)) name_layer(labels, table$x))
}

# The locus of an allele ("DRB1*15:01"); a phenotype by itself is none.
phenotype_group <- function(names) {
    ifelse(grepl("*", names, fixed = TRUE), sub("[*].*", "", names), names)
}

# Tests of one phenotype side by side, the same wherever it is drawn.
spread_within <- function(table) {
    place <- stats::ave(seq_len(nrow(table)), table$phenotype,
        FUN = function(i) (rank(i) * 0.618034) %% 1)
    0.7 * (place - 0.5)
}

# Groups are named where there are several of many, else each phenotype.
manhattan_axis <- function(names, groups) {
    if (length(names) > 25L && length(unique(groups)) < length(names) / 2) {
        middle <- tapply(seq_along(names), factor(groups, unique(groups)), mean)
        return(ggplot2::scale_x_continuous(breaks = as.vector(middle),
            labels = short_names(names(middle), 16L),
            expand = ggplot2::expansion(add = 0.6)))
    }
    shown <- if (length(names) > 25L) {
        unique(round(seq(1, length(names), length.out = 20L)))
    } else {
        seq_along(names)
    }
    ggplot2::scale_x_continuous(breaks = shown,
        labels = short_names(names[shown], 16L),
        expand = ggplot2::expansion(add = 0.6))
}

# The clusters and phenotypes of the hits: at most so many of each.
heatmap_size <- 30L

plot_heatmap <- function(x, n_labels, alpha, summary) {
    plain <- isTRUE(attr(x, "summary")$test %in% plain_estimates)
    about <- attr(x, "summary")
    table <- volcano_table(as.data.frame(x), plain, alpha)
    hits <- table[table$passes, , drop = FALSE]
    hits <- hits[order(hits$p_value), , drop = FALSE]
    if (!nrow(hits)) return(draw_nothing(paste("no", unit_of(hits),
        "passes"), hits))
    clusters <- utils::head(unique(units_of(hits)), heatmap_size)
    phenotypes <- utils::head(unique(hits$phenotype), heatmap_size)
    shown <- table[units_of(table) %in% clusters &
        table$phenotype %in% phenotypes, , drop = FALSE]
    order <- phenotypes
    if (!is.null(about$phenotypes)) {
        order <- intersect(about$phenotypes$phenotype, phenotypes)
    }
    shown$column <- factor(shown$phenotype, order)
    shown$row <- factor(cluster_text(units_of(shown)),
        rev(cluster_text(clusters)))
    # As strong as p-values are, and as signs of effects.
    middle <- if (identical(about$test, "wilcoxon")) 0.5 else 0
    shown$signed <- sign(shown$effect - middle) * shown$strength
    draw_heatmap(shown, named_clusters(clusters, summary), about, hits)
}

draw_heatmap <- function(shown, names, about, hits) {
    limit <- max(abs(shown$signed))
    note <- paste0(count_words(nrow(hits), "test passes", "tests pass"),
        "; marked are those; white was not tested or has no row")
    ggplot2::ggplot(shown, ggplot2::aes(.data$column, .data$row)) +
        ggplot2::geom_tile(ggplot2::aes(fill = .data$signed),
            colour = "grey92") +
        ggplot2::geom_point(data = shown[shown$passes, , drop = FALSE],
            size = 1.5, colour = "black") +
        ggplot2::scale_fill_gradient2(name = expression(-log[10](p)),
            low = group_palette[1L], mid = "white", high = group_palette[2L],
            limits = c(-limit, limit), labels = function(x) {
                axis_numbers(abs(x))
            }) +
        ggplot2::scale_y_discrete(labels = stats::setNames(
            short_names(names, 28L), rev(levels(shown$row)))) +
        ggplot2::scale_x_discrete(labels = short_labels(16L)) +
        ggplot2::labs(x = NULL, y = NULL, caption = wrapped(paste0(
            "Orange: more in cases, blue: less. ", note))) +
        theme_clusters() + ggplot2::theme(
            panel.grid = ggplot2::element_blank(),
            axis.text.x = ggplot2::element_text(angle = 45, hjust = 1,
                size = name_size(nlevels(shown$column))),
            axis.text.y = ggplot2::element_text(
                size = row_name_size(nlevels(shown$row))))
}
