# Test data and slow, obvious versions of what the package does.

shared_path <- function(...) {
    shared <- Sys.getenv("CLUSTCR_SHARED")
    if (!nzchar(shared)) {
        shared <- testthat::test_path("..", "..", "..", "shared")
    }
    file.path(shared, ...)
}

skip_without_shared <- function() {
    testthat::skip_if_not(
        dir.exists(shared_path("golden")),
        "The golden results are not there (set CLUSTCR_SHARED)"
    )
}

golden_sequences <- function(set) {
    readLines(shared_path("golden", paste0(set, "_sequences.txt.gz")))
}

golden_table <- function(name, ...) {
    utils::read.delim(
        shared_path("golden", name), na.strings = character(), ...
    )
}

golden_edges <- function(set) {
    edges <- golden_table(
        paste0(set, "_hd1_edges.tsv.gz"), header = FALSE,
        col.names = c("from", "to"), colClasses = "character"
    )
    sorted_edges(edges$from, edges$to)
}

residues <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]

# `n` distinct CDR3s. Most are a few residues away from another, so that the
# graph has components of many sizes.
random_cdr3 <- function(n, seed, lengths = 9:14) {
    withr::with_seed(seed, {
        parents <- vapply(
            seq_len(ceiling(n / 6)), function(i) random_text(lengths), ""
        )
        found <- character()
        while (length(found) < n) {
            children <- vapply(sample(parents, n, TRUE), mutated, "")
            found <- unique(c(found, children))
        }
        sample(found[seq_len(n)])
    })
}

random_text <- function(lengths) {
    n <- lengths[sample.int(length(lengths), 1)]
    paste(sample(residues, n, replace = TRUE), collapse = "")
}

# One or two substitutions out of few, so that triangles and chains arise.
mutated <- function(text) {
    at <- sample(3:6, sample(1:2, 1))
    for (i in at) substr(text, i, i) <- sample(residues[1:6], 1)
    text
}

# Edges with the smaller end first, sorted as the C locale does.
sorted_edges <- function(from, to) {
    swap <- from > to
    edges <- data.frame(
        from = ifelse(swap, to, from), to = ifelse(swap, from, to)
    )
    edges <- edges[order(edges$from, edges$to, method = "radix"), ]
    rownames(edges) <- NULL
    edges
}

naive_hamming_pairs <- function(junction_aa) {
    nodes <- sort(unique(junction_aa), method = "radix")
    pairs <- list()
    for (same_length in split(nodes, nchar(nodes))) {
        letters <- vapply(
            same_length, utf8ToInt, integer(nchar(same_length[1]))
        )
        letters <- matrix(letters, ncol = length(same_length))
        for (i in seq_along(same_length)) {
            near <- which(colSums(letters != letters[, i]) == 1)
            near <- near[near > i]
            pairs[[length(pairs) + 1]] <- data.frame(
                from = rep(same_length[i], length(near)),
                to = same_length[near]
            )
        }
    }
    pairs <- do.call(rbind, pairs)
    pairs <- pairs[order(pairs$from, pairs$to, method = "radix"), ]
    rownames(pairs) <- NULL
    pairs
}

# The component of each node, as the number of its smallest node.
naive_components <- function(n, from, to) {
    label <- seq_len(n)
    repeat {
        before <- label
        for (e in seq_along(from)) {
            label[c(from[e], to[e])] <- min(label[c(from[e], to[e])])
        }
        if (identical(label, before)) return(label)
    }
}

# Markov clustering of a whole graph, component by component, with dense
# matrices: data.frame(node, cluster). A node has a row for each cluster that it
# may be in.
naive_mcl <- function(edges, inflation, expansion) {
    nodes <- sort(unique(c(edges$from, edges$to)), method = "radix")
    from <- match(edges$from, nodes)
    to <- match(edges$to, nodes)
    component <- naive_components(length(nodes), from, to)
    members <- lapply(unique(component), function(smallest) {
        inside <- which(component == smallest)
        adjacency <- diag(length(inside))
        own <- component[from] == smallest
        ends <- cbind(match(from[own], inside), match(to[own], inside))
        adjacency[rbind(ends, ends[, 2:1])] <-
            if (is.null(edges$weight)) 1 else rep(edges$weight[own], 2)
        found <- naive_mcl_members(
            naive_flow(adjacency, inflation, expansion)
        )
        data.frame(
            node = nodes[inside[found$node]],
            cluster = paste(smallest, found$cluster)
        )
    })
    do.call(rbind, members)
}

# The matrix that expansion and inflation of `adjacency` (loops on its
# diagonal) end with.
naive_flow <- function(adjacency, inflation, expansion) {
    normalised <- function(x) sweep(x, 2, colSums(x), "/")
    flow <- normalised(adjacency)
    for (iteration in 1:100) {
        before <- flow
        for (power in seq_len(expansion - 1)) flow <- flow %*% before
        flow <- normalised(flow^inflation)
        largest <- cbind(max.col(t(flow), "first"), seq_len(ncol(flow)))
        keep <- flow[largest]
        flow[flow < 0.001] <- 0
        flow[largest] <- keep
        if (max(abs(flow - before) - 1e-5 * abs(before)) <= 1e-8) break
    }
    flow
}

# The clusters of a flow matrix. A node of several is in the one that has most
# of its flow, or in any of equal ones: the symmetry of a graph makes such
# equilibria, and rounding may upset them on the way.
naive_mcl_members <- function(flow) {
    attractors <- which(diag(flow) > 0)
    rows <- lapply(attractors, function(i) which(flow[i, ] > 0))
    sets <- unique(rows)
    share <- vapply(sets, function(set) {
        of_set <- attractors[vapply(rows, identical, TRUE, set)]
        colSums(flow[of_set, , drop = FALSE])
    }, numeric(ncol(flow)))
    share <- matrix(share, nrow = ncol(flow))
    stopifnot(rowSums(share) > 0)
    found <- lapply(seq_len(ncol(flow)), function(node) {
        best <- which(share[node, ] > max(share[node, ]) - 1e-5)
        data.frame(node = node, cluster = best)
    })
    do.call(rbind, found)
}

# Passes where `found` (data.frame: node, cluster) is the partition `allowed`
# (the same, where a node may have a row for each cluster that it may be in).
expect_same_partition <- function(found, allowed) {
    names(found) <- names(allowed) <- c("node", "cluster")
    found$cluster <- as.character(found$cluster)
    allowed$cluster <- as.character(allowed$cluster)
    several <- unique(allowed$node[duplicated(allowed$node)])
    testthat::expect_identical(anyDuplicated(found$node), 0L)
    testthat::expect_setequal(found$node, allowed$node)
    clear <- allowed[!allowed$node %in% several, ]
    name <- found$cluster[match(clear$node, found$node)]
    # Each cluster of the one must be one cluster of the other.
    pairs <- unique(data.frame(found = name, allowed = clear$cluster))
    testthat::expect_identical(anyDuplicated(pairs$found), 0L)
    testthat::expect_identical(anyDuplicated(pairs$allowed), 0L)
    for (node in several) {
        own <- found$cluster[found$node == node]
        choices <- allowed$cluster[allowed$node == node]
        testthat::expect_true(
            pairs$allowed[match(own, pairs$found)] %in% choices
        )
    }
}

# n CDR3s of one dense component: each of six places is one of four residues, so
# that each sequence has up to 18 neighbours and MCL's columns are long.
dense_cdr3 <- function(n, seed) {
    withr::local_seed(seed)
    places <- expand.grid(rep(list(c("A", "G", "S", "T")), 6))
    all <- paste0("CASS", do.call(paste0, lapply(places, as.character)), "F")
    sample(all, n)
}
