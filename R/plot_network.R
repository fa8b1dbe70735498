# Plot the network of a cluster: man/plotNetwork.Rd.
plotNetwork <- function(x, cluster = NULL,
                        largest = if (is.null(cluster)) 5,
                        color = "cluster", hubs = 5, max_nodes = 1000,
                        samples = NULL, ...) {
    need_ggplot2("`plotNetwork()`")
    need_package("igraph", "`plotNetwork()`")
    rule <- old_arguments(colour = "color", sample_data = "samples",
        further = rule_arguments)
    if (is.null(cluster) && is.null(largest)) {
        bad_argument("`cluster` or `largest` must say which clusters")
    }
    hubs <- check_number(hubs, "hubs", 0, whole = TRUE)
    max_nodes <- check_number(max_nodes, "max_nodes", 10, whole = TRUE)
    x <- as_clusters(x)
    graph <- do.call(asIgraph, c(list(x, cluster, largest,
        columns = c("duplicate_count", "sample_counts")), rule))
    if (!igraph::vcount(graph)) {
        return(draw_nothing(no_cluster, data.frame(
            igraph::as_data_frame(graph, "vertices"), links = numeric(),
            group = factor())))
    }
    groups <- as_groups(member_groups(x, graph, color, samples))
    igraph::V(graph)$group <- as.character(groups)
    igraph::V(graph)$links <- igraph::degree(graph)
    drawn <- thinned(graph, max_nodes)
    title <- if (is.character(color) && is.null(names(color))) color
        else "label"
    draw_network(drawn, levels(groups), hubs, thinning_note(drawn, graph),
        title)
}

# The largest clusters of which three members or more can be drawn, and of each
# its share of `n`: those with most links, of equal ones the first in the
# alphabet.
thinned <- function(graph, n) {
    vertices <- igraph::as_data_frame(graph, "vertices")
    if (nrow(vertices) <= n) return(graph)
    sizes <- table(cluster_text(vertices$cluster))
    sizes <- sizes[order(-sizes, names(sizes), method = "radix")]
    # If the first of them were all.
    quota <- floor(as.vector(sizes) * n / cumsum(as.vector(sizes)))
    fine <- which(quota >= pmin(as.vector(sizes), 3))
    last <- max(fine, 1L)
    quota <- pmin(floor(sizes * n / sum(sizes[seq_len(last)])), sizes)
    quota[-seq_len(last)] <- 0
    order <- order(-vertices$links, vertices$name, method = "radix")
    cluster <- cluster_text(vertices$cluster)[order]
    rank <- stats::ave(seq_along(order), cluster, FUN = seq_along)
    kept <- order[rank <= as.vector(quota[cluster])]
    igraph::induced_subgraph(graph, sort(kept))
}

thinning_note <- function(drawn, all) {
    members <- c(igraph::vcount(drawn), igraph::vcount(all))
    if (members[1L] == members[2L]) return(NULL)
    clusters <- vapply(list(drawn, all), function(graph) {
        length(unique(igraph::V(graph)$cluster))
    }, 0L)
    paste0(
        "Drawn are ", shown_number(members[1L]), " of ",
        shown_number(members[2L]), " members",
        if (clusters[1L] < clusters[2L]) paste0(", of the largest ",
            shown_number(clusters[1L]), " of ", shown_number(clusters[2L]),
            " clusters"),
        ": those with most links"
    )
}

# What `color` says of each member.
member_groups <- function(x, graph, color, samples) {
    members <- igraph::as_data_frame(graph, "vertices")
    if (!is.null(names(color))) {
        at <- match(names(color), members$junction_aa)
        return(one_or_several(at[!is.na(at)], as.character(color)[!is.na(at)],
            nrow(members)))
    }
    color <- check_string(color, "color")
    if (color == "cluster") return(members$cluster)
    about <- member_sheet(x, members, samples)
    if (color == "sample" || color %in% names(about$sheet)) {
        at <- member_samples(x, members, about$samples)
        if (color == "sample") {
            return(one_or_several(at$member, at$sample, nrow(members)))
        }
        # As plotClusterMatrix() has them, so that colours are the same.
        bar <- phenotype_bars(color, about$sheet)[[1L]]
        value <- as.character(bar)[match(at$sample, about$samples)]
        return(factor(one_or_several(at$member, value, nrow(members)),
            c(levels(bar), "several")))
    }
    if (!color %in% names(members)) {
        bad_argument("`color` must be \"cluster\", \"sample\", a column of ",
            "the sample sheet or of `x`, or a vector named by CDR3, not ",
            given(color))
    }
    members[[color]]
}

# list(samples, sheet): names, and the sheet in their order.
member_sheet <- function(x, members, samples) {
    own <- if (of_run(x)) clusterSamples(x)
    names <- if (is.null(own) && !is.null(members[["sample_counts"]])) {
        n <- max(sample_numbers(members$sample_counts)$sample, 0)
        if (!is.null(samples)) {
            samples <- as_sample_sheet(samples, "samples")
            names <- numbered_samples(samples, n, "samples")
            return(list(samples = names, sheet = samples))
        }
        as.character(seq_len(n))
    } else if (length(clusterSamples(x))) {
        id_text(clusterSamples(x)$repertoire_id)
    }
    list(samples = names,
        sheet = align_sheet(samples, names, length(names), "samples", own))
}

# data.frame(member, sample): which samples have which member.
member_samples <- function(x, members, samples) {
    if (!is.null(members[["sample_counts"]])) {
        at <- sample_numbers(members$sample_counts)
        return(data.frame(member = at$row, sample = samples[at$sample]))
    }
    rows <- cluster_rows(x)
    check_columns(rows, "repertoire_id", "x")
    key <- function(table) {
        paste(cluster_text(table$cluster), table$junction_aa, sep = "\t")
    }
    at <- match(key(rows), key(members))
    data.frame(member = at, sample = id_text(rows$repertoire_id))[
        !is.na(at), ]
}

one_or_several <- function(member, value, n) {
    once <- first_rows(member, value) & !is.na(value)
    count <- tabulate(member[once], n)
    found <- value[once][match(seq_len(n), member[once])]
    replace(found, count > 1L, "several")
}

draw_network <- function(graph, levels, hubs, note, title) {
    at <- with_own_seed(42, igraph::layout_components(graph,
        igraph::layout_with_fr))
    members <- cbind(igraph::as_data_frame(graph, "vertices"),
        x = at[, 1L], y = at[, 2L], label = hub_labels(graph, hubs))
    members$group <- factor(members$group, levels)
    ends <- igraph::as_edgelist(graph, names = FALSE)
    links <- data.frame(x = at[ends[, 1L], 1L], y = at[ends[, 1L], 2L],
        xend = at[ends[, 2L], 1L], yend = at[ends[, 2L], 2L])
    ggplot2::ggplot(members, ggplot2::aes(.data$x, .data$y)) +
        ggplot2::geom_segment(ggplot2::aes(xend = .data$xend,
            yend = .data$yend), links, colour = "grey55", alpha = 0.6,
            linewidth = 0.4) +
        ggplot2::geom_point(ggplot2::aes(fill = .data$group,
            size = .data$links), shape = 21, colour = "white") +
        hub_layer(members) +
        ggplot2::scale_fill_manual(values = group_colours(members$group),
            name = wrapped(title, 22L), labels = short_labels()) +
        links_scale(members$links) +
        ggplot2::guides(fill = ggplot2::guide_legend(order = 1,
            override.aes = list(size = 5)), size = ggplot2::guide_legend(
            override.aes = list(fill = "grey40"))) +
        # Names at the border have room.
        ggplot2::scale_x_continuous(expand = ggplot2::expansion(0.1)) +
        ggplot2::labs(x = NULL, y = NULL, caption = wrapped(note)) +
        theme_clusters() + ggplot2::theme(
            axis.text = ggplot2::element_blank(),
            panel.grid = ggplot2::element_blank()
        )
}

# A cluster of one has no links, and is a point all the same.
links_scale <- function(links) {
    most <- max(links)
    if (min(links) > 0) {
        ggplot2::scale_size_area(name = "links", max_size = 7,
            labels = axis_numbers, breaks = whole_breaks(links))
    } else {
        ggplot2::scale_size(name = "links", range = c(2, 7),
            limits = c(0, max(most, 1)), labels = axis_numbers,
            breaks = c(0, if (most > 0) whole_breaks(links)))
    }
}

hub_layer <- function(members) {
    named <- members[nzchar(members$label), , drop = FALSE]
    if (!nrow(named)) return(NULL)
    name_layer(named, members$x)
}

# The CDR3s of the hubs, else "": the first of each cluster, then the second.
hub_labels <- function(graph, hubs) {
    links <- igraph::V(graph)$links
    order <- order(-links, igraph::V(graph)$name, method = "radix")
    cluster <- cluster_text(igraph::V(graph)$cluster)[order]
    rank <- stats::ave(seq_along(order), cluster, FUN = seq_along)
    order <- order[order(rank)]
    chosen <- utils::head(order[links[order] > 0], hubs)
    label <- rep("", length(links))
    label[chosen] <- igraph::V(graph)$junction_aa[chosen]
    label
}

# A few whole numbers within the range of `x`.
whole_breaks <- function(x) {
    found <- unique(floor(pretty(c(0, x), 4)))
    found <- found[found > 0 & found <= max(x, 1)]
    if (length(found)) found else 1
}
