# Compare clusters with known labels: man/clusterMetrics.Rd.
clusterMetrics <- function(x, labels, label = "label", by = NULL,
                           permutations = 100, seed = 42, v_gene = NULL,
                           j_gene = NULL, ...) {
    call <- renamed_call(clusters = "x")
    if (!is.null(call)) return(eval(call, parent.frame()))
    old_arguments()
    asked <- compared_by(by, v_gene, j_gene)
    x <- compared_clusters(x, "x")
    clusters <- cluster_rows(x)
    label <- check_string(label, "label")
    labels <- plain_frame(labels)
    if (!is.data.frame(labels)) {
        bad_argument("`labels` must be a data.frame, not ", given(labels))
    }
    labels <- joined_chains(labels)
    check_columns(labels, c(if (!"cell_id" %in% names(labels)) "junction_aa",
        label), "labels")
    rules <- list(x = clusterParameters(x), labels = list())
    keys <- compared_keys(asked, rules, list(x = clusters, labels = labels))
    permutations <- check_number(permutations, "permutations", 1, 1e6,
        whole = TRUE)
    seed <- check_number(seed, "seed", 0, .Machine$integer.max, whole = TRUE)

    known <- labelled_receptors(keys$key$labels, labels[[label]])
    place <- unique(data.frame(
        key = keys$key$x, cluster = clusters$cluster
    ))
    refuse_two_clusters(place$key, keys$genes)
    cluster <- place$cluster[match(known$key, place$key)]
    receptors <- unique(known$key)
    inside <- receptors[receptors %in% place$key]
    pairs <- known[!is.na(cluster), , drop = FALSE]
    # By their names, whatever the order of the rows.
    own <- match(place$cluster[match(inside, place$key)],
        sort(unique(place$cluster), method = "radix"))
    member <- match(pairs$key, inside)
    kind <- match(pairs$label, sort(unique(pairs$label), method = "radix"))

    value <- label_agreement(own[member], kind)
    shuffled <- with_own_seed(seed, vapply(seq_len(permutations), function(i) {
        label_agreement(own[sample.int(length(own))][member], kind)
    }, value))
    retention <- length(inside) / length(receptors)
    structure(
        data.frame(
            metric = c("retention", names(value)),
            value = c(retention, unname(value)),
            baseline = c(retention, unname(rowMeans(shuffled))),
            baseline_sd = c(0, unname(apply(shuffled, 1L, stats::sd)))
        ),
        counts = c(
            labelled = length(receptors), clustered = length(inside),
            clusters = length(unique(own)), labels = length(unique(known$label))
        )
    )
}

# A row for each label of each receptor.
labelled_receptors <- function(key, label, name = "labels") {
    known <- unique(data.frame(key = key, label = as.character(label)))
    known <- known[!is.na(known$key) & !is.na(known$label) &
        nzchar(known$label), , drop = FALSE]
    if (nrow(known) == 0L) {
        raise_error("labels", paste0(
            "`", name, "` must have a row with a label or more; none of its ",
            length(key), " rows has one"
        ))
    }
    known
}

refuse_two_clusters <- function(key, genes) {
    twice <- key[duplicated(key)]
    if (length(twice)) {
        bad_argument(
            "`x` must have each receptor in one cluster; ",
            name_some(unique(twice)), if (length(unique(twice)) == 1L) " is"
            else " are", " in several",
            if (!"v_call" %in% genes)
                " (genes may tell them apart: see `v_gene`)"
        )
    }
}

# `cluster` and `kind` of each pair of a receptor and a label, from 1.
label_agreement <- function(cluster, kind) {
    # Pairs as one number each, counted.
    pair <- (cluster - 1) * max(kind, 0) + kind
    pairs <- unique(pair)
    count <- tabulate(match(pair, pairs), length(pairs))
    of_cluster <- (pairs - 1) %/% max(kind, 1)
    of_kind <- (pairs - 1) %% max(kind, 1)
    most <- largest_by(count, of_cluster)
    size <- as.vector(rowsum(count, of_cluster))
    n <- length(cluster)
    c(
        purity = sum(most) / n, purity90 = mean(most / size >= 0.9),
        consistency = one_to_one(count, of_cluster, of_kind) / n,
        inverse_purity = sum(largest_by(count, of_kind)) / n
    )
}

# The sum of the counts of pairs of a cluster and a kind, the largest first,
# neither twice.
one_to_one <- function(count, cluster, kind) {
    left <- order(-count, kind, cluster)
    sum <- 0
    # What is before all others of its cluster and of its kind is taken whatever
    # comes, so that a round takes many.
    while (length(left)) {
        first <- !duplicated(cluster[left]) & !duplicated(kind[left])
        taken <- left[first]
        sum <- sum + sum(count[taken])
        left <- left[!cluster[left] %in% cluster[taken] &
            !kind[left] %in% kind[taken]]
    }
    sum
}

# The largest value of each group, groups in ascending order.
largest_by <- function(value, group) {
    order <- order(group, -value)
    value[order][!duplicated(group[order])]
}
