# A picture of the largest clusters: what their CDR3s look like, how large they
# are and which samples they come from. Needs ggplot2.

# `clusters`: what batch_cluster() returned; `samples`: a data.frame with
# `junction_aa` and `sample`. A list of tables with a row for each of the `n`
# largest clusters (`largest`), position of these and sample of these.
describe_largest <- function(clusters, samples, n = 10) {
    size <- sort(table(cluster = clusters$cluster), decreasing = TRUE)
    # Numbers break ties, so that the choice does not depend on row order.
    size <- size[order(-size, as.integer(names(size)))]
    chosen <- utils::head(as.integer(names(size)), n)
    members <- split(clusters$junction_aa,
        factor(clusters$cluster, chosen))
    positions <- do.call(rbind, Map(residues_by_position, members, chosen))
    consensus <- tapply(positions$residue, positions$cluster, paste,
        collapse = "")
    largest <- data.frame(
        cluster = chosen, size = as.integer(size[as.character(chosen)]),
        consensus = as.vector(consensus[as.character(chosen)])
    )
    cluster <- clusters$cluster[match(samples$junction_aa,
        clusters$junction_aa)]
    kept <- which(cluster %in% chosen)
    pairs <- unique(data.frame(
        cluster = cluster[kept], sample = samples$sample[kept],
        junction_aa = samples$junction_aa[kept]
    ))
    found <- as.data.frame(
        table(cluster = factor(pairs$cluster, chosen), sample = pairs$sample),
        responseName = "sequences"
    )
    list(largest = largest, positions = positions, found = found)
}

# The members of a cluster are of one length: Hamming distance asks for it.
residues_by_position <- function(junction_aa, cluster) {
    letters <- do.call(rbind, strsplit(junction_aa, "", fixed = TRUE))
    do.call(rbind, lapply(seq_len(ncol(letters)), function(position) {
        counts <- table(letters[, position])
        counts <- counts[order(-counts, names(counts))]
        second <- ""
        if (length(counts) > 1 && counts[2] > 0.15 * sum(counts)) {
            second <- tolower(names(counts)[2])
        }
        data.frame(
            cluster = cluster, position = position, residue = names(counts)[1],
            second = second, share = counts[[1]] / sum(counts)
        )
    }))
}

chemistry <- c(
    "small or polar" = "GSTCNQYH", "hydrophobic" = "AVLIMPFW",
    "acidic" = "DE", "basic" = "KR"
)
chemistry_of <- function(residue) {
    groups <- strsplit(chemistry, "", fixed = TRUE)
    group <- rep(names(groups), lengths(groups))
    factor(group[match(residue, unlist(groups))], names(groups))
}

theme_rows <- function() {
    ggplot2::theme_minimal(11) + ggplot2::theme(
        panel.grid = ggplot2::element_blank(),
        plot.title = ggplot2::element_text(size = 11, face = "bold"),
        plot.subtitle = ggplot2::element_text(size = 9, colour = "grey35"),
        legend.position = "bottom", legend.title = ggplot2::element_blank(),
        legend.key.size = ggplot2::unit(10, "pt"),
        axis.ticks = ggplot2::element_blank(),
        axis.text.y = ggplot2::element_text(colour = "grey20")
    )
}

plot_residues <- function(described) {
    positions <- described$positions
    largest <- described$largest
    positions$row <- factor(positions$cluster, rev(largest$cluster))
    ggplot2::ggplot(positions, ggplot2::aes(.data$position, .data$row)) +
        ggplot2::geom_tile(
            ggplot2::aes(fill = chemistry_of(.data$residue),
                alpha = .data$share),
            colour = "white", width = 0.96, height = 0.9
        ) +
        ggplot2::geom_text(ggplot2::aes(label = .data$residue), size = 3.6,
            fontface = "bold") +
        ggplot2::geom_text(ggplot2::aes(label = .data$second), size = 2.4,
            nudge_x = 0.3, nudge_y = -0.27, colour = "grey25") +
        ggplot2::scale_fill_manual(values = c("#66b89c", "#8fa8d8", "#e88c7d",
            "#e3b34c"), drop = FALSE) +
        ggplot2::scale_alpha(range = c(0.12, 1), limits = c(0, 1),
            guide = "none") +
        ggplot2::scale_x_continuous(
            breaks = c(1, seq(5, max(positions$position), 5)),
            expand = c(0.01, 0)
        ) +
        ggplot2::labs(
            title = "Residues of the CDR3",
            subtitle = paste("Most common residue; the paler, the more",
                "varied. Small: a second one of over 15 %"),
            x = "Position", y = "Cluster"
        ) + theme_rows()
}

plot_sizes <- function(described) {
    largest <- described$largest
    largest$row <- factor(largest$cluster, rev(largest$cluster))
    ggplot2::ggplot(largest, ggplot2::aes(.data$size, .data$row)) +
        ggplot2::geom_col(fill = "grey70", width = 0.7) +
        ggplot2::geom_text(ggplot2::aes(label = .data$size), hjust = -0.2,
            size = 3) +
        ggplot2::scale_x_continuous(expand = ggplot2::expansion(c(0, 0.3))) +
        ggplot2::labs(title = "Size", subtitle = "Distinct CDR3s", x = NULL,
            y = NULL) +
        theme_rows() +
        ggplot2::theme(
            axis.text.x = ggplot2::element_blank(),
            axis.text.y = ggplot2::element_blank()
        )
}

plot_samples <- function(described) {
    found <- described$found
    found$row <- factor(found$cluster, rev(described$largest$cluster))
    # Dark enough a tile needs white text.
    found$light <- found$sequences > 0.55 * max(found$sequences)
    ggplot2::ggplot(found, ggplot2::aes(.data$sample, .data$row)) +
        ggplot2::geom_tile(ggplot2::aes(fill = .data$sequences),
            colour = "white", height = 0.9, width = 0.96) +
        ggplot2::geom_text(ggplot2::aes(label = .data$sequences,
            colour = .data$light), size = 3) +
        ggplot2::scale_colour_manual(values = c("grey20", "white"),
            guide = "none") +
        ggplot2::scale_fill_gradient(low = "#f3f0f7", high = "#54278f",
            limits = c(0, NA), guide = "none") +
        ggplot2::labs(title = "Where they occur",
            subtitle = "Distinct CDR3s in each sample", x = NULL, y = NULL) +
        theme_rows() +
        ggplot2::theme(
            axis.text.y = ggplot2::element_blank(),
            axis.text.x = ggplot2::element_text(angle = 45, hjust = 1)
        )
}

# Draws the three beside each other on the current device. What stands above
# and below their panels differs in height, so each is moved until rows align.
draw_largest <- function(described, widths = c(6.4, 1.3, 3)) {
    tables <- lapply(
        list(plot_residues(described), plot_sizes(described),
            plot_samples(described)),
        ggplot2::ggplotGrob
    )
    height <- function(table, rows) {
        if (!length(rows)) return(0)
        grid::convertHeight(sum(table$heights[rows]), "mm", valueOnly = TRUE)
    }
    panel <- vapply(tables, function(table) {
        table$layout$t[table$layout$name == "panel"]
    }, 0)
    above <- mapply(function(table, row) height(table, seq_len(row - 1)),
        tables, panel)
    below <- mapply(function(table, row) {
        height(table, setdiff(seq_along(table$heights), seq_len(row)))
    }, tables, panel)
    left <- cumsum(c(0, widths)) / sum(widths)
    grid::grid.newpage()
    for (i in seq_along(tables)) {
        bottom <- grid::unit(max(below) - below[i], "mm")
        grid::pushViewport(grid::viewport(
            x = left[i], width = left[i + 1] - left[i], y = bottom,
            height = grid::unit(1, "npc") - bottom -
                grid::unit(max(above) - above[i], "mm"),
            just = c("left", "bottom")
        ))
        grid::grid.draw(tables[[i]])
        grid::popViewport()
    }
}
