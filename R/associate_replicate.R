# Test the hits of one cohort in another: man/replicateAssociation.Rd.
replicateAssociation <- function(result, y, phenotype, clusters = NULL,
                                 alpha = NULL, case = NULL, samples = NULL,
                                 status = c("neighbor", "identical"),
                                 n_cpus = 1) {
    if (!inherits(result, "clustcr_association")) {
        bad_argument("`result` must be of associateClusters(), not ",
            given(result))
    }
    status <- check_choice(status, "status", c("neighbor", "identical"))
    threads <- check_threads(n_cpus)
    about <- attr(result, "summary")
    if (is.null(alpha)) alpha <- if (is.null(about)) 0.05 else about$alpha
    alpha <- check_number(alpha, "alpha", 0, 1)
    hits <- as.data.frame(unclass_association(result))
    hits <- hits[which(hits$q_value <= alpha), , drop = FALSE]
    test <- if (is.null(about)) "fisher" else about$test
    if (!nrow(hits)) {
        inform("left_out", "No cluster of `result` has a q-value of at most ",
            format(alpha), ": there is nothing to replicate.")
    }
    found <- replication_matrix(y, clusters, result, unique(hits$cluster),
        status, threads)
    parts <- lapply(split_hits(hits), replicate_hits, found, phenotype, test,
        case, samples, about, alpha)
    table <- as.data.frame(data.table::rbindlist(parts))
    if (!is_cluster_matrix(y)) found$status <- status
    replication_table(table, hits, test, alpha, found)
}

# A part for each phenotype, or the one that all hits are of.
split_hits <- function(hits) {
    if (is.null(hits[["phenotype"]])) return(list(hits))
    split(hits, factor(hits$phenotype, unique(hits$phenotype)))
}

# As as_cluster_matrix() gives it: the hits of `result` in the samples of `y`.
replication_matrix <- function(y, clusters, result, names, status, threads) {
    if (is_cluster_matrix(y)) {
        found <- as_cluster_matrix(y, name = "y")
        rows <- data.frame(cluster = found$cluster,
            row = seq_along(found$cluster))
        rows <- joined_clusters(with_identity(rows, found$identity), "y",
            carried_identity(result), "result", NULL)
        return(rows_of_hits(found, rows$row, rows$cluster, names))
    }
    if (is.null(clusters)) {
        bad_argument("`clusters` must be what `result` was made of, or their ",
            "directory, to look up receptors in, unless `y` is a matrix of ",
            "clusters and samples")
    }
    clusters <- clusters_of_rule(clusters)
    refuse_other_clusters(clusters, names, result)
    assigned <- assigned_receptors(y, clusters, threads)
    known <- assigned$table
    kept <- known$status %in% c("identical", if (status == "neighbor") status)
    known <- known[kept, c("repertoire_id", "cluster", "junction_aa",
        intersect(c("v_call", "j_call"), names(known))), drop = FALSE]
    known <- unique(known)
    row <- match(cluster_text(known$cluster), cluster_text(names))
    column <- match(known$repertoire_id, assigned$samples)
    there <- !is.na(row)
    list(
        matrix = Matrix::sparseMatrix(i = row[there], j = column[there],
            x = rep(1, sum(there)), dims = c(length(names),
                length(assigned$samples))),
        cluster = names, samples = assigned$samples, sheet = assigned$sheet
    )
}

refuse_other_clusters <- function(clusters, names, result) {
    known <- by_cluster(clusters, function(rows) {
        data.frame(cluster = unique(rows$cluster))
    }, character())
    hits <- known$cluster %in% names
    joined_clusters(with_identity(known[hits, , drop = FALSE],
        carried_identity(known)), "clusters", carried_identity(result),
        "result", NULL)
}

# The rows of a matrix that are hits; a hit without one is in no sample.
rows_of_hits <- function(found, row, cluster, names) {
    at <- row[match(cluster_text(names), cluster_text(cluster))]
    if (anyNA(at)) {
        inform("left_out", count_words(sum(is.na(at)), "hit of `result` is",
            "hits of `result` are"), " not in `y`: taken as in no sample.")
    }
    none <- Matrix::sparseMatrix(integer(), integer(), x = numeric(),
        dims = c(1L, ncol(found$matrix)))
    all <- rbind(found$matrix, none)
    found$matrix <- all[replace(at, is.na(at), nrow(all)), , drop = FALSE]
    found$cluster <- names
    found
}

# list(table, samples, sheet): receptors with their clusters, and all samples.
assigned_receptors <- function(y, clusters, threads) {
    if (is_table(y)) {
        y <- with_repertoires(plain_frame(y))
        check_columns(y, "repertoire_id", "y")
        y$repertoire_id <- id_text(y$repertoire_id)
        y <- y[!is.na(y$repertoire_id), , drop = FALSE]
        table <- assignClusters(clusters, y, n_cpus = threads)
        table$repertoire_id <- y$repertoire_id[table$row]
        return(list(table = table, samples = sort(unique(y$repertoire_id),
            method = "radix")))
    }
    if (!is.character(y)) {
        bad_argument("`y` must be a folder of repertoires, files, a table ",
            "with `repertoire_id`, or a matrix of clusters and samples, not ",
            given(y))
    }
    sheet <- cohort_sheet(y, reading = list(format = "auto",
        locus = loci_of_chain(clusters@parameters$chain)))
    divided <- is_divided(sheet)
    first <- !duplicated(sheet$file)
    on.exit(forget_divided())
    parts <- lapply(seq_len(nrow(sheet)), function(i) {
        table <- assign_file(clusters, sheet[i, ], "auto", divided[i],
            first[i], "receptor", n_cpus = threads)
        table[!is.na(table$cluster), , drop = FALSE]
    })
    table <- as.data.frame(data.table::rbindlist(parts, fill = TRUE))
    list(table = table, samples = sheet$repertoire_id, sheet = sheet)
}

replicate_hits <- function(hits, found, phenotype, test, case, samples, about,
                           alpha) {
    if (!nrow(hits)) return(NULL)
    value <- phenotype
    if (!is.null(hits[["phenotype"]])) {
        value <- column_of_phenotypes(phenotype, hits$phenotype[1L], found)
    }
    at <- match(cluster_text(hits$cluster), cluster_text(found$cluster))
    own <- found
    own$matrix <- found$matrix[at, , drop = FALSE]
    tested <- replicated_tests(own, value, test, case, samples, about)
    data.frame(row = as.integer(rownames(hits)), tested)
}

# The phenotype of that name, of a table with a column for each.
column_of_phenotypes <- function(phenotype, name, found) {
    if (is.matrix(phenotype)) {
        phenotype <- as.data.frame(phenotype, optional = TRUE)
    }
    if (!is.data.frame(phenotype) || !name %in% names(phenotype)) {
        bad_argument("`phenotype` must be a matrix or data.frame of samples ",
            "and phenotypes with a column `", name, "`, as `result` is of ",
            "several phenotypes, not ", given(phenotype))
    }
    at <- match_sheet(phenotype, found$samples, ncol(found$matrix),
        "phenotype", found$sheet)$at
    stats::setNames(phenotype[[name]][at], found$samples)
}

# Covariates are of the first cohort.
second_test <- function(test) if (test == "wilcoxon") test else "fisher"

replicated_tests <- function(own, value, test, case, samples, about) {
    sheet <- align_sheet(samples, own$samples, ncol(own$matrix), "samples",
        own$sheet)
    value <- resolve_phenotype(value, own, sheet)
    same <- intersect(about$case, id_text(value))
    renamed <- is.null(case) && length(about$case) && !length(same)
    if (is.null(case) && length(same)) case <- same
    groups <- as_case_labels(value, case)
    if (renamed && (!groups$known || isFALSE(about$case_known))) {
        bad_argument("`case` must say which group of `phenotype` (",
            name_some(groups$levels), ") is as ", name_some(about$case),
            " of `result`")
    }
    tell_unknown_case(groups)
    check_group_sizes(groups)
    test <- second_test(test)
    if (test == "fisher") own$matrix <- (own$matrix > 0) + 0
    own$matrix <- methods::as(own$matrix, "dMatrix")
    found <- test_rows(own$matrix, groups$label, test)
    data.frame(
        estimate_replication = found$estimate,
        conf_low_replication = found$conf_low,
        conf_high_replication = found$conf_high,
        p_replication = found$p_value, n_case = found$n_case,
        n_control = found$n_control, of_case = sum(groups$label == 1L,
            na.rm = TRUE), of_control = sum(groups$label == 0L, na.rm = TRUE),
        case = groups$levels[2L], control = groups$levels[1L]
    )
}

# The estimate without a direction; NA of what has none.
no_effect <- function(test) {
    switch(test, wilcoxon = 0.5, spearman = , linear = 0, chisq = ,
        kruskal = NA_real_, 1)
}

replication_table <- function(tested, hits, test, alpha, found) {
    if (!nrow(tested)) {
        tested <- data.frame(row = integer(), estimate_replication = numeric(),
            conf_low_replication = numeric(), conf_high_replication = numeric(),
            p_replication = numeric(), n_case = integer(),
            n_control = integer(), of_case = integer(), of_control = integer())
    }
    hits <- hits[match(tested$row, as.integer(rownames(hits))), , drop = FALSE]
    side <- sign(hits$estimate - no_effect(test))
    other <- sign(tested$estimate_replication - no_effect(second_test(test)))
    table <- data.frame(
        hits[intersect(c("cluster", "phenotype", "estimate", "p_value",
            "q_value", "n_samples"), names(hits))],
        tested[c("estimate_replication", "conf_low_replication",
            "conf_high_replication", "p_replication")],
        q_replication = stats::p.adjust(tested$p_replication, "BH"),
        tested[c("n_case", "n_control")], same_direction = side == other,
        row.names = NULL
    )
    table$replicated <- table$q_replication <= alpha & table$same_direction
    table$p_combined <- combined_p(table$p_value, side, table$p_replication,
        other, hits$n_samples, tested$n_case + tested$n_control)
    # Of several phenotypes each has samples of its own.
    several <- !is.null(table[["phenotype"]])
    samples <- if (several || !nrow(tested)) ncol(found$matrix)
        else tested$of_case[1L] + tested$of_control[1L]
    structure(table, class = c("clustcr_replication", "data.frame"),
        summary = list(test = second_test(test), alpha = alpha,
            hits = nrow(table), samples = samples,
            left_out = ncol(found$matrix) - samples, status = found$status,
            of_case = tested$of_case[1L], of_control = tested$of_control[1L],
            case = if (!several) tested$case[1L],
            control = if (!several) tested$control[1L],
            tested = sum(!is.na(table$p_replication)),
            same_direction = sum(table$same_direction, na.rm = TRUE),
            directed = sum(!is.na(table$same_direction)),
            replicated = sum(table$replicated, na.rm = TRUE)))
}

# Stouffer's sum of signed normal scores, by the root of the carriers.
combined_p <- function(p, side, p_other, side_other, n, n_other) {
    score <- function(p, side) side * stats::qnorm(p / 2, lower.tail = FALSE)
    sum <- sqrt(n) * score(p, side) + sqrt(n_other) * score(p_other, side_other)
    z <- sum / sqrt(n + n_other)
    pmin(1, 2 * stats::pnorm(abs(z), lower.tail = FALSE))
}

print.clustcr_replication <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(x)
    class(rows) <- "data.frame"
    attr(rows, "summary") <- NULL
    # Of a part of the hits the counts of all say nothing.
    if (!is.null(about) && about$hits == nrow(rows)) {
        say_lines(strwrap(replication_lines(about), 80, exdent = 4))
    }
    print_smallest(rows, n, "hit", ..., by = "p_replication")
    invisible(x)
}

replication_lines <- function(about) {
    chance <- if (about$directed) {
        stats::binom.test(about$same_direction, about$directed)$p.value
    }
    c(
        paste0("Replication (", about$test, "): ", count_text(about$hits,
            "hit"), " in ", count_text(about$samples, "sample"),
            left_out_words(about), if (identical(about$status, "identical"))
                ", by identical receptors",
            if (!is.null(about$case)) {
                paste0(": \"", about$case, "\" (", about$of_case,
                    ") against \"", about$control, "\" (", about$of_control,
                    ")")
            }),
        paste0(shown_number(about$same_direction), " of ", count_text(
            about$directed, "hit"), " with a direction in the same one",
            if (!is.null(chance)) paste0(" (sign test: p ",
                format(signif(chance, 2)), ")")),
        paste0(shown_number(about$replicated), " of ", shown_number(
            about$tested), " tested replicated: q of at most ",
            format(about$alpha), " among the hits, same direction")
    )
}
