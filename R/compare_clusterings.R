# Compare two clusterings: man/compareClusterings.Rd.
compareClusterings <- function(a, b, by = NULL, v_gene = NULL,
                               j_gene = NULL) {
    asked <- compared_by(by, v_gene, j_gene)
    sides <- list(a = compared_clusters(a, "a"), b = compared_clusters(b, "b"))
    tables <- lapply(sides, cluster_rows)
    key <- compared_keys(asked, lapply(sides, clusterParameters), tables)$key
    of_a <- single_places(tables$a, key$a, "a")
    of_b <- single_places(tables$b, key$b, "b")
    receptors <- unique(c(of_a$key, of_b$key))
    # Clusters from 1; NA where alone.
    in_a <- of_a$number[match(receptors, of_a$key)]
    in_b <- of_b$number[match(receptors, of_b$key)]
    cells <- contingency(alone_apart(in_a), alone_apart(in_b))
    structure(
        list(
            ari = adjusted_rand(cells), ami = adjusted_information(cells),
            receptors = c(
                both = sum(!is.na(in_a) & !is.na(in_b)),
                only_a = sum(is.na(in_b)), only_b = sum(is.na(in_a))
            ),
            a = cluster_fates(in_a, in_b, of_a$names, of_b$names, "gone"),
            b = cluster_fates(in_b, in_a, of_b$names, of_a$names, "new")
        ),
        class = "clustcr_comparison"
    )
}

single_places <- function(table, key, name) {
    place <- !duplicated(data.frame(key, table$cluster))
    key <- key[place]
    if (anyDuplicated(key)) {
        bad_argument("`", name, "` must have each receptor in one cluster; ",
            name_some(unique(key[duplicated(key)])), " have several (genes ",
            "may tell them apart: see `v_gene`)")
    }
    names <- unique(table$cluster)
    list(key = key, number = match(table$cluster[place], names), names = names)
}

# Each receptor that is alone gets a cluster of its own.
alone_apart <- function(cluster) {
    alone <- is.na(cluster)
    cluster[alone] <- max(cluster, 0L, na.rm = TRUE) + seq_len(sum(alone))
    cluster
}

adjusted_rand <- function(cells) {
    pairs <- function(n) sum(n * (n - 1) / 2)
    together <- pairs(cells$n)
    of_a <- pairs(cells$size_a)
    of_b <- pairs(cells$size_b)
    expected <- of_a * of_b / pairs(sum(cells$n))
    most <- (of_a + of_b) / 2
    # All alone, or all in one, in both: the same.
    if (is.nan(expected) || most == expected) return(1)
    (together - expected) / (most - expected)
}

adjusted_information <- function(cells) {
    n <- sum(cells$n)
    entropy <- function(size) -sum(size / n * log(size / n))
    information <- sum(cells$n / n *
        log(n * cells$n / (cells$size_a[cells$a] * cells$size_b[cells$b])))
    mean_entropy <- (entropy(cells$size_a) + entropy(cells$size_b)) / 2
    expected <- expected_information(cells$size_a, cells$size_b, n)
    # As for the Rand index.
    if (n < 2 || abs(mean_entropy - expected) < 1e-15) return(1)
    (information - expected) / (mean_entropy - expected)
}

# The mean over all clusterings with these sizes. Only sizes matter, and there
# are few different ones.
expected_information <- function(size_a, size_b, n) {
    sizes_a <- as.data.frame(table(size = size_a), stringsAsFactors = FALSE)
    sizes_b <- as.data.frame(table(size = size_b), stringsAsFactors = FALSE)
    total <- 0
    for (i in seq_len(nrow(sizes_a))) {
        a <- as.numeric(sizes_a$size[i])
        for (j in seq_len(nrow(sizes_b))) {
            b <- as.numeric(sizes_b$size[j])
            if (min(a, b) < max(1, a + b - n)) next
            both <- seq(max(1, a + b - n), min(a, b))
            mean <- sum(stats::dhyper(both, a, n - a, b) * both / n *
                log(n * both / (a * b)))
            total <- total + mean * sizes_a$Freq[i] * sizes_b$Freq[j]
        }
    }
    total
}

# What became of each cluster of `own` in `other`. `lost`: the fate of one all
# of whose members are alone in the other.
cluster_fates <- function(own, other, names, other_names, lost) {
    inside <- !is.na(own)
    size <- tabulate(own[inside], length(names))
    shared <- inside & !is.na(other)
    cells <- contingency(own[shared], other[shared])
    size_other <- tabulate(other[!is.na(other)], length(other_names))
    parts <- tabulate(cells$a, length(names))
    # Members of the other clusters that come from clusters of this side.
    sources <- tabulate(cells$b, length(other_names))
    merged <- logical(length(names))
    merged[cells$a[sources[cells$b] > 1L]] <- TRUE
    order <- order(cells$a, -cells$n, cells$b)
    best <- order[!duplicated(cells$a[order])]
    match <- rep(NA_integer_, length(names))
    match[cells$a[best]] <- cells$b[best]
    common <- numeric(length(names))
    common[cells$a[best]] <- cells$n[best]
    in_other <- tabulate(cells$a[rep(seq_along(cells$a), cells$n)],
        length(names))
    fate <- rep("unchanged", length(names))
    fate[size > in_other] <- "shrunk"
    larger <- !is.na(match) & size_other[match] > common
    fate[larger] <- "grown"
    fate[size > in_other & larger] <- "shrunk and grown"
    fate[merged] <- "merged"
    fate[parts > 1L] <- ifelse(merged[parts > 1L], "split and merged", "split")
    fate[parts == 0L] <- lost
    # Seen from the other side: what came together here was apart there.
    if (lost == "new") fate <- seen_backwards(fate)
    data.frame(
        cluster = names, size = size, fate = fate, parts = parts,
        match = other_names[match],
        jaccard = ifelse(is.na(match), 0,
            common / (size + size_other[match] - common))
    )
}

seen_backwards <- function(fate) {
    opposite <- c(
        split = "merged", merged = "split", grown = "shrunk", shrunk = "grown"
    )
    found <- opposite[fate]
    unname(ifelse(is.na(found), fate, found))
}

print.clustcr_comparison <- function(x, ...) {
    fates <- function(table) {
        if (!nrow(table)) return("none")
        counts <- table(table$fate)
        counts <- counts[order(-counts, names(counts))]
        paste(shown_numbers(as.vector(counts)), names(counts),
            collapse = ", ")
    }
    say_lines(c(
        "Comparison of two clusterings",
        paste0("  Adjusted Rand index:         ", format(x$ari, digits = 4)),
        paste0("  Adjusted mutual information: ", format(x$ami, digits = 4)),
        paste0("  Receptors clustered in both: ",
            shown_number(x$receptors[["both"]]), " (only in a: ",
            shown_number(x$receptors[["only_a"]]), ", only in b: ",
            shown_number(x$receptors[["only_b"]]), ")"),
        paste0("  ", count_text(nrow(x$a), "cluster"), " of a: ", fates(x$a)),
        paste0("  ", count_text(nrow(x$b), "cluster"), " of b: ", fates(x$b))
    ))
    invisible(x)
}
