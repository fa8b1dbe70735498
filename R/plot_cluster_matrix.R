# Plot in which samples clusters occur: man/plotClusterMatrix.Rd.
plotClusterMatrix <- function(x, cluster = NULL,
                              largest = if (is.null(cluster)) 15,
                              phenotype = NULL,
                              value = c("share", "receptors",
                                  "duplicate_count"),
                              samples = NULL, numbers = NULL,
                              motifs = TRUE, ...) {
    old_arguments(sample_data = "samples")
    need_ggplot2("`plotClusterMatrix()`")
    value <- check_choice(value, "value", c("share", "receptors",
        "duplicate_count"))
    check_flag(motifs, "motifs")
    if (!is.null(numbers)) check_flag(numbers, "numbers")
    if (is.null(cluster) && is.null(largest)) {
        bad_argument("`cluster` or `largest` must say which clusters")
    }
    given <- is_cluster_matrix(x)
    found <- if (given) matrix_cells(x, cluster, largest)
        else member_cells(as_clusters(x), cluster, largest, value, motifs)
    n <- length(found$samples)
    if (!nrow(found$values) || !n) {
        return(draw_nothing(if (nrow(found$values)) "`x` has no sample"
            else no_cluster, matrix_frame(found)))
    }
    sheet <- align_sheet(samples, found$known, n, "samples", found$sheet)
    bars <- phenotype_bars(phenotype, sheet)
    order <- do.call(order, c(unname(lapply(bars, as.integer)),
        list(seq_len(n))))
    what <- if (given) "value" else value
    if (is.null(numbers)) numbers <- n <= 12
    draw_matrix(found, bars, order, what, numbers)
}

# list(known, values, names, samples, sheet): a plain matrix of the chosen
# rows; the samples' names, NULL in `known` where numbers stand for them.
matrix_cells <- function(x, cluster, largest) {
    x <- as_cluster_matrix(x)
    at <- if (is.null(cluster)) {
        largest <- check_number(largest, "largest", 1, whole = TRUE)
        sums <- Matrix::rowSums(x$matrix)
        utils::head(order(-sums), largest)
    } else {
        match(cluster_text(cluster), cluster_text(x$cluster))
    }
    if (anyNA(at)) {
        bad_argument("`cluster` must name rows of `x`; ",
            name_some(cluster_text(cluster[is.na(at)])), " are none")
    }
    samples <- if (is.null(x$samples)) as.character(seq_len(ncol(x$matrix)))
        else x$samples
    list(known = x$samples, values = as.matrix(x$matrix[at, , drop = FALSE]),
        names = cluster_text(x$cluster[at]), samples = samples,
        sheet = x$sheet)
}

member_cells <- function(x, cluster, largest, value, motifs) {
    rows <- described_rows(x, cluster, largest)
    about <- summary_rows(rows, 0.7)
    # Of all clusters, so that a sheet of all samples fits.
    sheet <- clusterSamples(x)
    names <- known <- if (length(sheet)) id_text(sheet$repertoire_id)
    if (!is.null(rows[["sample_counts"]]) && is.null(rows[["repertoire_id"]])) {
        if (is.null(known)) {
            numbers <- sample_numbers(rows$sample_counts)$sample
            names <- as.character(seq_len(max(0L, numbers)))
        }
        rows <- by_sample(rows, names)
    } else {
        check_columns(rows, "repertoire_id", "x")
    }
    own <- match(rows$cluster, about$cluster)
    at <- match(id_text(rows$repertoire_id), names)
    there <- !is.na(at)
    if (value == "duplicate_count") {
        check_columns(rows, "duplicate_count", "x")
        count <- check_counts(rows$duplicate_count, "x")
        weight <- replace(count, is.na(count), 1)
    } else {
        there <- there & first_rows(own, rows$junction_aa, at)
        weight <- rep(1, length(own))
    }
    values <- as.matrix(Matrix::sparseMatrix(i = own[there], j = at[there],
        x = weight[there], dims = c(nrow(about), length(names))))
    if (value == "share") values <- values / about$size
    list(known = known, values = values, samples = names,
        names = if (motifs) motif_names(about) else
            cluster_text(about$cluster),
        sheet = if (of_run(x)) clusterSamples(x))
}

# "12: CASS.GYEQYF (15)"; of motifs that repeat with the V gene, which may be
# what tells them apart.
motif_names <- function(about) {
    cluster <- short_names(cluster_text(about$cluster), 16L)
    gene <- about$v_call
    again <- about$motif %in% about$motif[duplicated(about$motif)]
    paste0(cluster, ": ", about$motif, ifelse(again & !is.na(gene),
        paste0(" ", gene), ""), " (", shown_numbers(about$size), ")")
}

# A factor for each phenotype.
phenotype_bars <- function(phenotype, sheet) {
    if (is.null(phenotype)) return(list())
    if (!is.character(phenotype)) {
        bad_argument("`phenotype` must be names of columns of the sample ",
            "sheet, not ", given(phenotype))
    }
    lacking <- setdiff(phenotype, names(sheet))
    if (length(lacking)) {
        bad_argument("`phenotype` must name columns of the sample sheet",
            if (is.null(sheet)) ", which is not there" else paste0(" (",
                name_some(names(sheet)), ")"), "; ", name_some(lacking),
            if (length(lacking) == 1L) " is none" else " are none")
    }
    bars <- lapply(sheet[phenotype], function(x) {
        if (is.numeric(x) && length(unique(x)) > 6L) return(thirds(x))
        if (is.factor(x)) return(droplevels(x))
        factor(x, sort(unique(x), method = "radix"))
    })
    stats::setNames(bars, phenotype)
}

# Numbers in three groups of about equal size, named by their range.
thirds <- function(x) {
    cuts <- unique(stats::quantile(x, 0:3 / 3, na.rm = TRUE, type = 1))
    group <- cut(x, cuts, include.lowest = TRUE, labels = FALSE)
    ranges <- vapply(sort(unique(group)), function(i) {
        paste(vapply(signif(range(x[which(group == i)]), 3), shown_number, ""),
            collapse = " to ")
    }, "")
    factor(ranges[match(group, sort(unique(group)))], ranges)
}

draw_matrix <- function(found, bars, order, what, numbers) {
    n <- length(order)
    rows <- length(found$names)
    cells <- matrix_frame(found)
    cells$x <- match(cells$column, order)
    cells$y <- rows + 1 - cells$row
    title <- c(share = "Share of\nthe members", receptors = "CDR3s",
        duplicate_count = "Count", value = "Value")[[what]]
    plot <- ggplot2::ggplot(cells, ggplot2::aes(.data$x, .data$y)) +
        ggplot2::geom_tile(ggplot2::aes(fill = .data$value),
            colour = if (n <= 40) "white" else NA) +
        fill_scale(if (n > 12) sub("\n", " ", title) else title,
            limits = c(0, NA), n.breaks = if (n > 12) 3,
            labels = if (what == "share") axis_percent else axis_numbers) +
        row_scale(rows, short_names(found$names, 32L), bars) +
        ggplot2::scale_x_continuous(breaks = seq_len(n),
            labels = if (n <= 30) short_names(found$samples,
                if (n > 12) 15L else 18L)[order],
            expand = ggplot2::expansion(add = 0.1)) +
        ggplot2::labs(y = "Cluster: motif (CDR3s)", x = if (n <= 30) "Sample"
            else paste(shown_number(n), "samples")) +
            matrix_theme(n, rows, max(nchar(found$samples, "width")))
    if (!grepl(": ", found$names[1L], fixed = TRUE)) {
        plot <- plot + ggplot2::labs(y = "Cluster")
    }
    if (n > 30) plot <- plot +
        ggplot2::theme(axis.text.x = ggplot2::element_blank())
    if (numbers) plot <- plot + cell_numbers(cells, what)
    plot + bar_layers(bars, order, rows)
}

# A row for each cluster and sample.
matrix_frame <- function(found) {
    data.frame(
        row = as.vector(row(found$values)),
        column = as.vector(col(found$values)),
        cluster = found$names[row(found$values)],
        sample = found$samples[col(found$values)],
        value = as.vector(found$values)
    )
}

matrix_theme <- function(n, rows, longest) {
    angle <- if (n > 12) 90 else if (n > 2 || n * longest > 24) 45 else 0
    list(theme_clusters(), ggplot2::theme(
        panel.grid = ggplot2::element_blank(),
        axis.text.x = ggplot2::element_text(angle = angle,
            hjust = if (angle) 1 else 0.5,
            vjust = if (angle == 90) 0.5 else 1,
            size = min(name_size(n), 11)),
        axis.text.y = ggplot2::element_text(family = "mono",
            # Those of many rows below each other, above legends.
            size = max(4, min(name_size(rows), 10,
                (if (n > 12) 190 else 260) / rows))),
        legend.text = ggplot2::element_text(size = 11),
        legend.title = ggplot2::element_text(size = 13)
    ), if (n > 12) ggplot2::theme(legend.position = "bottom",
        # Legends that are wider than the cells reach to the left, not out.
        legend.justification = "right", legend.box.just = "right",
        legend.box = "vertical", legend.spacing.y = ggplot2::unit(0, "pt"),
        # Numbers at the ends of a scale reach beyond it.
        legend.title = ggplot2::element_text(size = 13,
            margin = ggplot2::margin(0, 18, 0, 0)),
        legend.margin = ggplot2::margin(1, 20, 1, 0),
        legend.key.height = ggplot2::unit(10, "pt"),
        legend.key.width = ggplot2::unit(30, "pt")))
}

cell_numbers <- function(cells, what) {
    # Dark enough a cell needs white text.
    cells$dark <- cells$value > 0.45 * max(cells$value, 0, na.rm = TRUE)
    # The legend says that shares are percent.
    cells$text <- if (what == "share") sub(" %", "", percent_text(cells$value))
        else shown_numbers(signif(cells$value, 3))
    cells$text[cells$value %in% c(0, NA)] <- ""
    n <- max(cells$column)
    ggplot2::geom_text(ggplot2::aes(label = .data$text), cells,
        colour = ifelse(cells$dark %in% TRUE, "white", "grey20"),
        size = label_size * if (n > 6 || max(cells$row) > 20) 0.7 else 0.9)
}

# A bar above the cells for each phenotype, the first nearest to them.
bar_layers <- function(bars, order, rows) {
    if (!length(bars)) return(NULL)
    parts <- lapply(seq_along(bars), function(i) {
        value <- as.character(bars[[i]])
        value[is.na(value)] <- "unknown"
        data.frame(x = seq_along(order), y = bar_places(bars, rows)[i],
            group = paste0(names(bars)[i], ": ", value[order]))
    })
    levels <- unlist(lapply(seq_along(bars), function(i) {
        paste0(names(bars)[i], ": ", c(levels(bars[[i]]), "unknown"))
    }))
    tiles <- do.call(rbind, parts)
    levels <- levels[levels %in% tiles$group]
    # A colour for each value, also of other phenotypes.
    unknown <- endsWith(levels, ": unknown")
    colours <- stats::setNames(rep_len(other_palette[["unknown"]],
        length(levels)), levels)
    colours[!unknown] <- many_colours(sum(!unknown))
    tiles$group <- factor(tiles$group, levels)
    list(
        ggplot2::geom_segment(ggplot2::aes(x = .data$x - 0.5,
            xend = .data$x + 0.5, y = .data$y, yend = .data$y,
            colour = .data$group), tiles, linewidth = 5, lineend = "butt"),
        ggplot2::scale_colour_manual(values = colours, name = NULL,
            labels = short_labels(22L)),
        ggplot2::guides(colour = ggplot2::guide_legend(order = 1,
            ncol = if (length(order) > 12) bar_columns(levels)))
    )
}

# Above so many rows; a bar is as high whatever the cells are.
bar_places <- function(bars, rows) {
    rows + 0.4 + max(0.7, 0.055 * rows) * seq_along(bars)
}

# As many as fit below a picture of seven inches.
bar_columns <- function(levels) {
    longest <- min(max(nchar(levels, "width")), 22L)
    max(2, min(4, floor(66 / (longest + 6))))
}

# The names of rows from above, NULL for none, and those of the bars over them.
row_scale <- function(rows, labels, bars) {
    ggplot2::scale_y_continuous(
        breaks = c(if (!is.null(labels)) rev(seq_len(rows)),
            bar_places(bars, rows)),
        labels = c(labels, short_names(as.character(names(bars)), 18L)),
        expand = ggplot2::expansion(add = 0.1))
}
