# Label clusters by receptors with known antigen: man/annotateClusters.Rd.
annotateClusters <- function(x, reference, label = "label", v_gene = NULL,
                             max_distance = NULL, permutations = 100,
                             seed = 42, alpha = 0.05, n_cpus = 1,
                             species = NULL, j_gene = NULL, distance = NULL,
                             ...) {
    call <- renamed_call(clusters = "x")
    if (!is.null(call)) return(eval(call, parent.frame()))
    old_arguments()
    if (is.numeric(distance)) {
        tell_old_argument("distance", "max_distance", annotateClusters)
        max_distance <- distance
        distance <- NULL
    }
    x <- as_clusters(x)
    known <- clusterParameters(x)
    clusters <- cluster_rows(x)
    label <- check_string(label, "label")
    reference <- fitting_reference(reference, label, clusters, known, species)
    rule <- annotation_rule(known, distance, max_distance)
    tables <- list(x = clusters, reference = reference)
    rule$v_gene <- annotation_gene("v", v_gene, known, tables)
    rule$j_gene <- annotation_gene("j", j_gene, known, tables)
    permutations <- check_number(permutations, "permutations", 0, 1e6,
        whole = TRUE)
    seed <- check_number(seed, "seed", 0, .Machine$integer.max, whole = TRUE)
    alpha <- check_number(alpha, "alpha", 0, 1)
    threads <- check_threads(n_cpus)

    clusters <- keyed_receptors(clusters, rule, "x")
    reference <- keyed_receptors(reference, rule, "reference")
    known <- labelled_receptors(reference$key, reference[[label]],
        "reference")
    members <- unique_receptors(clusters, rule, "x")
    entries <- unique_receptors(reference, rule, "reference")
    known <- known[known$key %in% entries$key, , drop = FALSE]
    entries <- entries[entries$key %in% known$key, , drop = FALSE]
    pairs <- match_receptors(members, entries, rule, threads)
    names <- unique(clusters$cluster)
    model <- annotation_model(
        member = pairs$member, entry = pairs$entry, exact = pairs$exact,
        cluster = match(members$cluster, names)[pairs$member],
        label_entry = match(known$key, entries$key), label = known$label
    )
    found <- observed_annotation(model, names)
    null <- shuffled_annotation(model, permutations, seed, alpha)
    identity <- carried_identity(x)
    if (is.null(identity)) identity <- identity_of_rows(clusters)
    found <- with_identity(found, identity)
    structure(
        found,
        class = c("clustcr_annotation", "data.frame"),
        summary = list(
            clusters = length(names),
            annotated = length(unique(found$cluster)),
            references = nrow(entries), matched = length(unique(pairs$entry)),
            v_gene = rule$v_gene, j_gene = rule$j_gene,
            distance = rule$distance, max_distance = rule$max_distance,
            v_distance = rule$v_distance,
            tests = model$tests, alpha = alpha,
            passing = sum(found$q_value <= alpha), null = null
        )
    )
}

# All that the test needs: entries that match anything, numbered from 1.
annotation_model <- function(member, entry, exact, cluster, label_entry,
                             label) {
    used <- sort(unique(entry))
    degree <- tabulate(match(entry, used), length(used))
    own <- label_entry %in% used
    labels <- sort(unique(label[own]), method = "radix")
    touches <- !duplicated(cbind(cluster, entry))
    model <- list(
        member = member, entry = match(entry, used), exact = exact,
        cluster = cluster,
        # Each cluster with each entry that it matches.
        touch_cluster = cluster[touches],
        touch_entry = match(entry[touches], used),
        stratum = degree_strata(degree), labels = labels,
        label_entry = match(label_entry[own], used),
        label = match(label[own], labels)
    )
    model$matching <- sort(unique(cluster))
    model$tests <- length(model$matching) * length(labels)
    strata <- max(model$stratum, 0)
    # Of each matching cluster, its entries in each stratum.
    model$drawn <- matrix(tabulate(
        (match(model$touch_cluster, model$matching) - 1) * strata +
            model$stratum[model$touch_entry],
        length(model$matching) * strata
    ), ncol = strata, byrow = TRUE)
    model$size <- tabulate(model$stratum, strata)
    model$labelled <- matrix(tabulate(
        (model$label - 1) * strata + model$stratum[model$label_entry],
        length(labels) * strata
    ), ncol = strata, byrow = TRUE)
    pattern <- do.call(paste, as.data.frame(model$drawn))
    model$pattern <- match(pattern, unique(pattern))
    model$tails <- new.env(parent = emptyenv())
    model
}

# Strata of entries that match 1, 2 to 3, 4 to 7, ... members, from 1. Those of
# few entries are joined with the next lower: of a stratum that one cluster's
# own entries fill, no shuffle would change anything.
degree_strata <- function(degree, fewest = 50) {
    stratum <- floor(log2(degree)) + 1
    for (s in rev(seq_len(max(stratum, 0)))[-max(stratum, 1)]) {
        if (sum(stratum == s) < fewest) stratum[stratum == s] <- s - 1
    }
    match(stratum, sort(unique(stratum)))
}

# Pairs of a cluster and a label, and how many of the cluster's entries have
# the label. `as`: whose labels each entry has.
count_labels <- function(model, as = seq_along(model$stratum)) {
    by_entry <- split(model$label, factor(model$label_entry,
        seq_along(model$stratum)))
    labels <- unname(by_entry)[as[model$touch_entry]]
    cluster <- rep(match(model$touch_cluster, model$matching), lengths(labels))
    label <- unlist(labels)
    if (is.null(label)) label <- integer()
    pair <- (cluster - 1) * length(model$labels) + label
    pairs <- sort(unique(pair))
    data.frame(
        cluster = (pairs - 1) %/% max(length(model$labels), 1) + 1,
        label = (pairs - 1) %% max(length(model$labels), 1) + 1,
        count = tabulate(match(pair, pairs), length(pairs))
    )
}

# P(as many or more) for each row of count_labels(). Few are different.
annotation_p <- function(model, counts) {
    key <- paste(model$pattern[counts$cluster], as.integer(counts$label))
    p <- numeric(nrow(counts))
    for (rows in split(seq_along(key), key)) {
        first <- rows[1L]
        tail <- model$tails[[key[first]]]
        if (is.null(tail)) {
            tail <- upper_tail(
                model$drawn[counts$cluster[first], ],
                model$labelled[counts$label[first], ], model$size
            )
            assign(key[first], tail, model$tails)
        }
        p[rows] <- tail[counts$count[rows] + 1L]
    }
    p
}

# P(X >= 0), P(X >= 1), ... of the sum over strata of hypergeometric counts:
# `drawn` of `size`, of which `labelled` have the label.
upper_tail <- function(drawn, labelled, size) {
    total <- 1
    for (s in which(drawn > 0)) {
        own <- stats::dhyper(0:drawn[s], labelled[s], size[s] - labelled[s],
            drawn[s])
        sum <- numeric(length(total) + drawn[s])
        for (i in seq_along(own)) {
            at <- seq_along(total) + i - 1L
            sum[at] <- sum[at] + total * own[i]
        }
        total <- sum
    }
    pmin(1, rev(cumsum(rev(total))))
}

observed_annotation <- function(model, names) {
    counts <- count_labels(model)
    # Which members match which label.
    by_entry <- split(model$label, factor(model$label_entry,
        seq_along(model$stratum)))
    labels <- by_entry[model$entry]
    each <- rep(seq_along(labels), lengths(labels))
    matches <- data.frame(
        pair = paste(match(model$cluster[each], model$matching),
            unlist(labels, use.names = FALSE)),
        member = model$member[each], exact = model$exact[each]
    )
    of_pair <- function(rows) {
        rows <- unique(matches[rows, c("pair", "member")])
        pairs <- paste(as.integer(counts$cluster), as.integer(counts$label))
        tabulate(match(rows$pair, pairs), length(pairs))
    }
    drawn <- model$drawn[counts$cluster, , drop = FALSE]
    matched <- as.integer(rowSums(drawn))
    expected <- drawn * model$labelled[counts$label, , drop = FALSE] /
        rep(model$size, each = nrow(counts))
    p_value <- annotation_p(model, counts)
    found <- data.frame(
        cluster = names[model$matching[counts$cluster]],
        label = model$labels[counts$label],
        members = of_pair(rep(TRUE, nrow(matches))),
        exact = of_pair(matches$exact), references = counts$count,
        matched = matched, share = counts$count / matched,
        labels = tabulate(counts$cluster,
            length(model$matching))[counts$cluster],
        expected = rowSums(expected), p_value = p_value,
        q_value = adjusted_for(p_value, model$tests)
    )
    found <- found[order(counts$cluster, -found$references, counts$label), ]
    rownames(found) <- NULL
    found
}

# Labels change places within strata only.
shuffled_annotation <- function(model, permutations, seed, alpha) {
    null <- data.frame(
        false_positive_rate = numeric(permutations),
        passing = integer(permutations)
    )
    strata <- split(seq_along(model$stratum), model$stratum)
    with_own_seed(seed, for (i in seq_len(permutations)) {
        as <- seq_along(model$stratum)
        for (s in strata) as[s] <- s[sample.int(length(s))]
        p <- annotation_p(model, count_labels(model, as))
        null$false_positive_rate[i] <- sum(p <= 0.05) / max(model$tests, 1)
        null$passing[i] <- sum(adjusted_for(p, model$tests) <= alpha)
    })
    null
}

# " (of the same V gene and J family)"
compared_genes_words <- function(about) {
    genes <- c(V = about$v_gene, J = about$j_gene)
    words <- genes_in_words(genes[genes != "none"], about$v_distance,
        "of the same ")
    if (is.null(words)) "" else paste0(" (", sub("^, ", "", words), ")")
}

print.clustcr_annotation <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- x
    class(rows) <- "data.frame"
    attr(rows, "summary") <- NULL
    if (is.null(about)) {
        print_table(rows, ...)
        return(invisible(x))
    }
    say_lines(c(paste0(
        "Annotation: ", shown_number(about$annotated), " of ",
        count_text(about$clusters, "cluster"), " match ",
        shown_number(about$matched), " of ",
        count_text(about$references, "reference receptor"),
        compared_genes_words(about)
    ), paste0(
        about$passing, " pairs of cluster and label with a q-value of at most ",
        format(about$alpha)
    )))
    if (nrow(about$null)) {
        say_lines(paste0("By chance ",
            format(mean(about$null$passing), digits = 3), " would pass, and ",
            format(100 * mean(about$null$false_positive_rate), digits = 2),
            " % of all pairs have a p-value of at most 0.05 (",
            count_text(nrow(about$null), "shuffle"), ")"))
    }
    print_smallest(rows, n, "row", ...)
    invisible(x)
}
