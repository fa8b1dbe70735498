# Find receptors with more neighbors than expected: man/neighborEnrichment.Rd.
neighborEnrichment <- function(data, background,
                               background_kind = c("real", "synthetic"),
                               q = NULL, min_neighbors = 3, pseudocount = 1,
                               n_cpus = 1, distance = "hamming",
                               max_distance = 1, v_gene = "gene",
                               j_gene = "gene", missing_genes = "none",
                               ambiguous_genes = "same") {
    background_kind <- check_choice(background_kind, "background_kind",
        c("real", "synthetic"))
    rule <- list(distance = distance, max_distance = max_distance,
        v_gene = v_gene, j_gene = j_gene, missing_genes = missing_genes,
        ambiguous_genes = ambiguous_genes)
    rule <- with_distance_defaults(rule,
        c("v_gene", if (!missing(max_distance)) "max_distance"))
    for (name in names(rule)) {
        rule[[name]] <- check_parameter(name, rule[[name]])
    }
    check_together(c(rule, method = "mcl", chain = "any"))
    null <- null_of(background, rule)
    q <- check_selection(q, null, background_kind)
    min_neighbors <- check_number(min_neighbors, "min_neighbors", 1,
        whole = TRUE)
    pseudocount <- check_number(pseudocount, "pseudocount", 0)
    threads <- check_threads(n_cpus)

    sample <- classed_receptors(data, rule, "data")
    rows <- as.data.frame(data)[sample$row, , drop = FALSE]
    rownames(rows) <- NULL
    classes <- sample[!duplicated(sample$class), ]
    held <- sample[!duplicated(sample[c("junction_aa", "class")]), ]
    own <- match(do.call(paste, sample[c("junction_aa", "class")]),
        do.call(paste, held[c("junction_aa", "class")]))
    within <- count_neighbours(held, sample, rule, threads)[own] - 1
    class <- match(sample$class, classes$class)
    n <- class_sizes(sample, classes, rule)[class]
    found <- if (null == "receptors") {
        of <- background_counts(background, held, classes, sample, rule,
            threads)
        neighbour_statistics(within, n, of$near[own], of$size[class], q,
            pseudocount)
    } else {
        refuse_pairs(sample, null)
        expected <- if (null == "model") {
            like <- same_length(sample$class, sample$junction_aa)
            first <- match(seq_len(nrow(held)), own)
            model_expectations(held, n[first], like[first], within[first],
                background, rule, q, threads)[own, ]
        } else {
            shuffled_expectations(sample, rows, q, threads)
        }
        with_p_values(data.frame(neighbors = within, class_size = n,
            expected, row.names = NULL))
    }
    found$p_value[found$neighbors < min_neighbors] <- NA
    found$q_value <- adjusted_for(found$p_value, sum(!is.na(found$expected)))
    cbind(rows[setdiff(names(rows), names(found))], found)
}

# The model of the test, as published.
neighbour_statistics <- function(D, n, b, N, q, pseudocount = 0) {
    expected <- n * q * (b + pseudocount) / N
    expected[N == 0] <- NA
    with_p_values(data.frame(
        neighbors = D, class_size = n, background_neighbors = b,
        background_size = N, expected = expected
    ))
}

with_p_values <- function(found) {
    found$p_value <- stats::ppois(found$neighbors, found$expected,
        lower.tail = FALSE)
    found
}

# Receptors of a background near each of `held`, and of each class.
background_counts <- function(background, held, classes, sample, rule,
                              threads) {
    near <- 0
    size <- 0
    for (fetch in background_parts(background, are_pairs(sample))) {
        part <- classed_receptors(fetch(), rule, "background",
            are_pairs(sample))
        near <- near + count_neighbours(held, part, rule, threads)
        size <- size + class_sizes(part, classes, rule)
    }
    list(near = near, size = size)
}

# What was not tested for having few neighbours was looked at all the same.
adjusted_for <- function(p_value, n) {
    q_value <- p_value
    tested <- !is.na(p_value)
    q_value[tested] <- stats::p.adjust(p_value[tested], "BH",
        n = max(n, sum(tested)))
    q_value
}

# The rows that can be tested: `row`, `junction_aa`, the genes `v` and `j` that
# count, and `class`, both in one text. `pairs`: what the others are.
classed_receptors <- function(data, rule, name, pairs = NULL) {
    data <- plain_frame(data)
    if (!is.data.frame(data)) {
        bad_argument(
            "`", name, "` must be a data.frame",
            if (name == "background") " or paths of files",
            ", not ", given(data)
        )
    }
    if (!"junction_aa" %in% names(data)) data <- joined_chains(data)
    genes <- compared_genes(rule)
    columns <- paste0(genes, rep_len("_call", length(genes)))
    check_columns(data, c("junction_aa", columns), name)
    paired <- are_pairs(data)
    if (!is.null(pairs) && nrow(data) && paired != pairs) {
        bad_argument("`", name, "` must be of ", if (pairs) "pairs" else
            "one chain", ", as `data` is")
    }
    junction_aa <- as_text_column(data[["junction_aa"]], "junction_aa", name)
    valid <- cpp_sequence_problems(junction_aa, longest_sequence, paired) == 0L
    if (paired) valid <- valid & !grepl("^:|:$", junction_aa)
    found <- data.frame(row = seq_along(junction_aa), junction_aa = junction_aa)
    named <- rep(TRUE, length(valid))
    for (gene in genes) {
        column <- paste0(gene, "_call")
        found[[gene]] <- gene_of_pairs(as_text_column(data[[column]], column,
            name), rule[[paste0(gene, "_gene")]])
        if (rule$missing_genes == "none") {
            named <- named & !grepl("^$|^:|:$", found[[gene]])
        }
    }
    if (!all(valid & named)) {
        inform(
            "left_out", "`", name, "`: ", sum(!(valid & named)), " of ",
            count_text(length(valid), "row"), " left out (", sum(!valid),
            " without a valid sequence", if (length(genes)) paste0(", ",
                sum(valid & !named), " without ", paste(toupper(genes),
                    collapse = " or "), " gene"), ")"
        )
    }
    found$class <- do.call(paste, c(list(rep_len("", nrow(found))),
        found[genes]))
    found[valid & named, , drop = FALSE]
}

# Functions that give a part of the background each.
background_parts <- function(background, pairs) {
    if (!is.character(background)) return(list(function() background))
    if (length(background) == 0L || anyNA(background)) {
        bad_argument("`background` must be a data.frame or paths of files, ",
            "not ", given(background))
    }
    if (pairs) {
        bad_argument("`background` must be a data.frame of pairs, for `data` ",
            "is of pairs; files are read a chain at a time")
    }
    lapply(background, function(file) function() readCdr3(file))
}

# How many rows are of each class: where sets of genes may meet, of those that
# have a gene in common.
class_sizes <- function(rows, classes, rule) {
    own <- rows[!duplicated(rows$class), ]
    counts <- tabulate(match(rows$class, own$class), nrow(own))
    # As if all had the same sequence.
    genes_only <- function(table) {
        table$junction_aa <- rep_len("C", nrow(table))
        compared_columns(table)
    }
    pairs <- cpp_match_pairs(genes_only(classes), genes_only(own),
        rule_list(rule), 1L)
    sizes <- tapply(counts[pairs$other], factor(pairs$held,
        seq_len(nrow(classes))), sum, default = 0L)
    as.vector(sizes)
}

count_neighbours <- function(held, others, rule, threads) {
    cpp_count_matches(compared_columns(held), compared_columns(others),
        rule_list(rule), threads)
}
