# Plot sequence logos of clusters: man/plotMotif.Rd.
plotMotif <- function(x, cluster = NULL,
                      largest = if (is.null(cluster)) 4,
                      scale = c("probability", "bits"), ncol = NULL,
                      ...) {
    old_arguments(method = "scale")
    need_ggplot2("`plotMotif()`")
    need_package("ggseqlogo", "`plotMotif()`")
    scale <- check_choice(scale, "scale", c("probability", "bits"))
    if (is.null(cluster) && is.null(largest)) {
        bad_argument("`cluster` or `largest` must say which clusters")
    }
    rows <- described_rows(x, cluster, largest)
    if (!nrow(rows)) return(draw_nothing(no_cluster))
    rows$cluster <- short_names(cluster_text(rows$cluster), 30L)
    logos <- unlist(lapply(split_by_cluster(rows), cluster_logos),
        recursive = FALSE)
    if (is.null(ncol)) ncol <- logo_columns(length(logos))
    ncol <- check_number(ncol, "ncol", 1, whole = TRUE)
    names(logos) <- vapply(logos, `[[`, "", "heading")
    few <- lengths(lapply(logos, `[[`, "junction_aa")) <= 3L
    if (scale == "bits" && any(few)) {
        bad_argument("`scale` must be \"probability\" for clusters of three ",
            "members or fewer: \"bits\" leaves nothing of them; \"",
            sub("\n.*", "", names(logos)[few][1L]), "\"")
    }
    draw_logos(lapply(logos, `[[`, "junction_aa"), scale, ncol)
}

# Members of the chosen clusters with what is known of them, a row for each
# member and sample as they come.
described_rows <- function(x, cluster, largest) {
    cluster_rows(asked_clusters(as_clusters(x), cluster, largest),
        c("duplicate_count", "n_samples", "sample_counts"))
}

split_by_cluster <- function(rows) {
    unname(split(rows, factor(rows$cluster, unique(rows$cluster))))
}

# A list of list(heading, junction_aa), one for each chain.
cluster_logos <- function(rows) {
    about <- summary_rows(rows, 0.7)
    members <- unique(rows$junction_aa)
    paired <- any(grepl(chain_separator, members, fixed = TRUE))
    chains <- if (paired) split_chains(members) else list(members)
    lapply(seq_along(chains), function(i) {
        chain <- chains[[i]]
        length <- commonest_length(nchar(chain, "bytes"),
            rep(1, length(chain)), 1L)$length
        common <- chain[nchar(chain, "bytes") == length]
        heading <- paste0(
            "Cluster ", about$cluster, if (paired) c(" alpha", " beta")[i],
            ": ", if (length(common) < length(chain)) {
                paste(shown_number(length(common)), "of ")
            },
            count_text(length(chain), if (paired) "pair" else "CDR3"),
            if (!is.na(about$n_samples)) {
                paste0(", ", count_text(about$n_samples, "sample"))
            },
            gene_usage(rows, paired, i)
        )
        list(heading = heading, junction_aa = common)
    })
}

# "\nV: TRBV20-1 82 %, TRBV29-1 18 %", with the most frequent three.
gene_usage <- function(rows, paired, chain, most = 3L) {
    lines <- vapply(c("v_call", "j_call"), function(column) {
        gene <- rows[[column]][first_rows(rep(1, nrow(rows)),
            rows$junction_aa, rows[[column]])]
        if (paired && !is.null(gene)) gene <- split_chains(gene)[[chain]]
        gene <- without_allele(as.character(gene))
        gene <- gene[!is.na(gene) & nzchar(gene)]
        if (!length(gene)) return("")
        counts <- table(gene)
        counts <- counts[order(-counts, names(counts), method = "radix")]
        share <- counts / sum(counts)
        shown <- utils::head(share, most)
        rest <- share[-seq_along(shown)]
        paste0(capitals(substr(column, 1L, 1L)), ": ", paste(
            c(paste(names(shown), percent_text(shown)),
                if (length(rest)) paste(length(rest), "others",
                    percent_text(sum(rest)))),
            collapse = ", "
        ))
    }, "")
    lines <- lines[nzchar(lines)]
    if (length(lines)) paste0("\n", paste(lines, collapse = "; ")) else ""
}

draw_logos <- function(logos, scale, ncol) {
    shapes <- ggseqlogo::geom_logo(logos, method = scale, seq_type = "aa",
        plot = FALSE)
    at <- match(shapes$letter, residue_chemistry$letter)
    shapes$chemistry <- factor(residue_chemistry$chemistry[at],
        names(chemistry_colours))
    shapes$shape <- interaction(shapes$seq_group, shapes$letter,
        shapes$position, drop = TRUE)
    longest <- max(nchar(unlist(logos)))
    ggplot2::ggplot(shapes[order(shapes$order), ], ggplot2::aes(
        .data$x, .data$y, group = .data$shape, fill = .data$chemistry
    )) +
        ggplot2::geom_polygon() +
        ggplot2::facet_wrap(~ seq_group, ncol = ncol, scales = "free_x",
            labeller = ggplot2::labeller(seq_group = function(heading) {
                logo_headings(heading, ncol)
            })) +
        ggplot2::scale_fill_manual(values = chemistry_colours, name = NULL) +
        ggplot2::scale_x_continuous(
            breaks = if (longest > 10 || ncol > 2) c(1, seq(5, longest, 5))
                else seq_len(longest),
            expand = ggplot2::expansion(add = 0.2)
        ) +
        ggplot2::scale_y_continuous(
            labels = if (scale == "bits") axis_numbers else axis_percent,
            breaks = if (scale == "bits") 0:4 else c(0, 0.5, 1)
        ) +
        ggplot2::labs(
            x = "Position in the CDR3",
            y = if (scale == "bits") "Information (bits)" else
                "Share of the members"
        ) +
        theme_clusters() + logo_theme(ncol, length(logos))
}

logo_columns <- function(n) {
    if (n <= 3L) 1 else if (n <= 6L) 2 else if (n <= 12L) 3
    else ceiling(sqrt(n) * 0.9)
}

# What there is room for above a logo in a picture of seven inches.
logo_headings <- function(heading, ncol) {
    if (ncol > 3) heading <- sub("[,\n].*", "", heading)
    if (ncol > 5) heading <- sub("^Cluster ", "", heading)
    room <- c(70L, 40L, 27L, 22L, 20L)[min(ncol, 5)]
    vapply(strsplit(heading, "\n"), function(lines) {
        paste(wrap_lines(lines, room), collapse = "\n")
    }, "")
}

# The letters have most of the height, however many logos there are.
logo_theme <- function(ncol, n) {
    rows <- ceiling(n / ncol)
    size <- c(12, 11, 9, 8, 7, 6)[min(max(ncol, rows - 1), 6)]
    ggplot2::theme(
        panel.grid = ggplot2::element_blank(), legend.position = "bottom",
        legend.margin = ggplot2::margin(0, 0, 0, 0),
        strip.text = ggplot2::element_text(size = size, lineheight = 0.9,
            margin = ggplot2::margin(1, 0, 1, 0)),
        axis.text = if (rows > 6) ggplot2::element_blank()
            else ggplot2::element_text(size = if (rows > 2) 9 else 12),
        panel.spacing = ggplot2::unit(if (rows > 2) 2 else 8, "pt")
    )
}
