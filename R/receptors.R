# From the tables that users have to the rows of a batch: the text that is
# compared, genes at the level that counts, and rows of another chain left out.

# list(n, fetch, skipped): fetch(from, to) gives list(junction_aa, v_call,
# j_call, duplicate_count) of these rows; `skipped`, named by reason, counts
# rows of `data` that are not among the n, and as `paired` those that are the
# other chain of one of them: with them all rows of `data` are counted. Where V
# genes have distances, `other_v_genes` are those of `data` that have none.
receptor_source <- function(data, state, name = "data") {
    if (is_held(data) && takes_held(data, state)) {
        source <- held_source(data, state)
        v_call <- data$values$v_call
    } else {
        data <- receptor_data(as_read_table(data), state$chain, name)
        source <- if (is_paired(state$chain)) pair_source(data, state, name)
            else row_source(data, state, name)
        v_call <- unlist(lapply(grep("^v_call", names(data), value = TRUE),
            function(column) unique(as.character(data[[column]]))))
    }
    if (length(state$v_distance)) {
        source$other_v_genes <- other_v_genes(v_call, state)
    }
    source
}

# V genes at the level that is compared.
other_v_genes <- function(v_call, state) {
    names <- gene_level(unique(as.character(v_call)), state$v_gene)
    # Where sets of genes do not meet, a set is a name.
    split <- if (identical(state$ambiguous_genes, "any")) "[,:]" else ":"
    others <- setdiff(as.character(unlist(strsplit(names, split))),
        c("", NA, genes_of_distances(state$v_distance)))
    sort(genes_of_chain(others, state$chain), method = "radix")
}

# Those that do not tell another locus.
genes_of_chain <- function(names, chain) {
    if (chain == "any") names
    else names[gene_locus(names) %in% c("", loci_of_chain(chain))]
}

tell_other_v_genes <- function(others) {
    if (length(others)) inform("v_distance", other_v_genes_note(others))
}

# A sentence; none where `others` is empty.
other_v_genes_note <- function(others) {
    if (!length(others)) return(NULL)
    paste0("`v_distance` lacks ", count_words(length(others), "V gene",
        "V genes"), ", such as ", shown_names(others[1L]),
        ": receptors have neighbors of the same V gene only.")
}

# Of a table or a vector of one chain's.
row_source <- function(data, state, name) {
    source <- as_sequence_source(data, name)
    of_table <- is_table(data)
    rows <- if (of_table) right_chain(data, state$chain, name)
    wrong <- if (is.null(rows)) 0 else source$n - length(rows)
    list(
        n = source$n - wrong,
        skipped = with_count(attr(data, "skipped"), "wrong_chain", wrong),
        fetch = function(from, to) {
            if (!is.null(rows)) {
                # Rows between those that are wanted come along.
                at <- rows[from:to]
                block <- source$fetch(at[1L], at[length(at)])
                block <- lapply(block, function(x) x[at - at[1L] + 1])
                index <- at
            } else {
                block <- source$fetch(from, to)
                index <- if (of_table) from:to
            }
            n <- to - from + 1
            # A list of NULL, for assigning NULL would take the element out.
            block["v_call"] <- list(gene_column(block$v_call, state$v_gene, n))
            block["j_call"] <- list(gene_column(
                if (of_table) name_column(data, "j_call", name)[index],
                state$j_gene, n
            ))
            block
        }
    )
}

# Whether rows that the core holds can stay there: pairs are made of tables, and
# so are errors of rows. Rows of other chains were left out by their reader, if
# it went by the same loci.
takes_held <- function(held, state) {
    !is_paired(state$chain) && state$invalid != "error" &&
        (state$chain == "any" ||
            setequal(held$locus, loci_of_chain(state$chain)))
}

# Of such rows `fetch` is a list for the core: what it holds, and the names of
# genes.
held_source <- function(held, state) {
    names <- function(column, level) {
        if (is.null(held$sources[[column]])) return(NULL)
        names <- held$values[[column]]
        if (level != "none") {
            names <- remembered(paste("genes at level", level), names,
                function(names) list(at = gene_level(names, level)))$at
        }
        c(held$sources[[column]], list(names = names))
    }
    list(
        n = held$n, skipped = with_count(attr(held, "skipped"), "", 0),
        fetch = list(
            pointer = held$pointer, v_call = names("v_call", state$v_gene),
            j_call = names("j_call", state$j_gene)
        )
    )
}

with_count <- function(counts, what, n) {
    counts <- counts[counts > 0]
    if (n > 0) counts[[what]] <- n
    if (length(counts)) unlist(counts) else numeric()
}

# Where a gene is part of the receptor, its name at that level; else as given.
gene_column <- function(genes, level, n) {
    if (level == "none") return(genes)
    if (is.null(genes)) return(rep_len("", n))
    gene_level(genes, level)
}

# The rows whose locus, or else genes, do not say another chain; NULL where
# that is all.
right_chain <- function(data, chain, name) {
    if (chain == "any") return(NULL)
    column <- function(name_of) name_column(data, name_of, name)
    wanted <- loci_of_chain(chain)
    locus <- if ("locus" %in% names(data)) text_column(data, "locus", name)
    loci <- row_loci(nrow(data), locus, column("v_call"), column("j_call"),
        wanted)
    wrong <- nzchar(loci) & !loci %in% wanted
    if (any(wrong)) which(!wrong)
}

# Where the user has not said which chain: that of the data, where all rows
# that tell a locus tell the same one.
settled_chain <- function(state, data) {
    data <- as_read_table(data)
    if (!isTRUE(state$chain_open) || !is.data.frame(plain_frame(data)) ||
        !"junction_aa" %in% names(data)) return(state$chain)
    loci_told <- function(data) {
        column <- function(name) name_column(data, name, "data")
        locus <- if ("locus" %in% names(data)) text_column(data, "locus",
            "data")
        loci <- row_loci(nrow(data), locus, column("v_call"), column("j_call"))
        unique(loci[nzchar(loci)])
    }
    own <- loci_of_chain(state$chain)
    # One row of the chain is enough; the genes of a million take a second.
    if (any(loci_told(utils::head(data, looked_at)) %in% own)) {
        return(state$chain)
    }
    told <- loci_told(data)
    if (length(told) != 1L || !told %in% setdiff(unlist(chain_loci), own)) {
        return(state$chain)
    }
    inform("chain", "`data` is of ", told, ": it is clustered with `chain = \"",
        told, "\"`.")
    check_chain(told)
}

# Rows that are chains of cells, of which pairs can be made.
are_chains <- function(data) {
    all(c("cell_id", "junction_aa") %in% names(data)) &&
        any(c("locus", "v_call", "j_call") %in% names(data))
}

# Pairs in two columns, or two loci of one cell, as one text for both chains.
pair_source <- function(data, state, name) {
    skipped <- attr(data, "skipped")
    sides <- chain_sides(state$chain)
    columns <- paste0("junction_aa_", sides)
    if (!is_table(data)) {
        bad_argument("`", name, "` must be a data.frame with `", columns[1L],
            "` and `", columns[2L], "` for pairs, not ", given(data))
    }
    if (!any(columns %in% names(data)) && are_chains(data)) {
        data <- suppressMessages(pair_chains(data, loci_of_chain(state$chain),
            name))
        skipped <- add_counts(skipped, attr(data, "skipped"))
    }
    cells <- attr(data, "cells")
    if (is.numeric(cells) && "paired" %in% names(cells)) {
        # A part of what pairChains() gave has the counts of the whole.
        whole <- sum(cells) == nrow(data)
        skipped <- if (whole) add_counts(skipped, cells["paired"])
    }
    refuse_no_pairs(data, columns, name)
    sequences <- lapply(columns, function(column) {
        x <- text_column(data, column, name)
        check_residues(x, name, column)
        x[is.na(x)] <- ""
        x
    })
    count <- plain_column(data, "duplicate_count")
    if (!is.null(count)) count <- check_counts(count, name)
    missing <- !nzchar(sequences[[1L]]) | !nzchar(sequences[[2L]])
    neither <- !nzchar(sequences[[1L]]) & !nzchar(sequences[[2L]])
    left_out <- switch(state$missing_chain,
        skip = missing, cluster = neither, keep = logical(length(missing)))
    rows <- which(!left_out)
    genes <- function(segment, level, index) {
        parts <- lapply(sides, function(side) {
            column <- paste0(segment, "_call_", side)
            x <- gene_column(name_column(data, column, name)[index], level,
                length(index))
            if (is.null(x)) rep_len("", length(index)) else x
        })
        paste(parts[[1L]], parts[[2L]], sep = chain_separator)
    }
    list(
        n = length(rows),
        skipped = with_count(skipped, "missing_chain", sum(left_out)),
        fetch = function(from, to) {
            index <- rows[from:to]
            list(
                junction_aa = paste(sequences[[1L]][index],
                    sequences[[2L]][index], sep = chain_separator),
                v_call = genes("v", state$v_gene, index),
                j_call = genes("j", state$j_gene, index),
                duplicate_count = count[index]
            )
        }
    )
}

refuse_no_pairs <- function(data, columns, name) {
    missing <- setdiff(columns, names(data))
    if (!length(missing)) return(invisible())
    others <- paste0("junction_aa_", chain_names)
    there <- setdiff(intersect(others, names(data)), columns)
    bad_argument("`", name, "` must have the columns `", columns[1L],
        "` and `", columns[2L], "` (or `cell_id`, `locus` and `junction_aa`) ",
        "for pairs of these chains; `", missing[1L], "` is missing",
        if (length(there)) paste0(". It has `", there[1L],
            "`: `chain` says which pairs to take"))
}

add_counts <- function(a, b) {
    for (what in names(b)) {
        a[[what]] <- sum(b[[what]], if (what %in% names(a)) a[[what]])
    }
    unlist(a)
}

# Results with pairs in columns of their own again.
split_pairs <- function(clusters, chain) {
    for (column in intersect(c("junction_aa", "v_call", "j_call"),
        names(clusters))) {
        parts <- data.table::tstrsplit(clusters[[column]], chain_separator,
            fixed = TRUE, fill = "")
        length(parts) <- 2L
        parts <- lapply(parts, function(x) {
            if (is.null(x)) rep_len("", nrow(clusters)) else x
        })
        at <- match(column, names(clusters))
        new <- stats::setNames(parts, paste0(column, column_ends(chain)))
        clusters <- cbind(
            clusters[seq_len(at - 1L)], as.data.frame(new),
            clusters[seq_along(clusters) > at]
        )
    }
    clusters
}

# Looks through all blocks before anything is written.
refuse_invalid_source <- function(source, state, name = "data", block = 1e6) {
    longest <- if (length(state$max_sequence_size)) state$max_sequence_size
        else longest_sequence
    skipped <- without_kept(source$skipped)
    if (sum(skipped) > 0) {
        raise_error("invalid_sequence", paste0(
            "every row of `", name, "` must be valid here, but there are ",
            describe_problems(skipped)
        ))
    }
    from <- 1
    while (from <= source$n) {
        to <- min(source$n, from + block - 1)
        junction_aa <- source$fetch(from, to)$junction_aa
        problems <- sequence_problems(junction_aa, longest, state$chain)
        refuse_invalid(problems, junction_aa, name, from - 1)
        from <- to + 1
    }
}

sequence_problems <- function(junction_aa, longest, chain) {
    paired <- is_paired(chain)
    if (paired) longest <- min(2 * longest + 1, longest_sequence)
    cpp_sequence_problems(junction_aa, longest, paired)
}

# The text of all genes that must be equal, as the core has it.
genes_text <- function(v_call, j_call, state) {
    v <- state$v_gene != "none"
    j <- state$j_gene != "none"
    if (v && j) paste(v_call, j_call, sep = "\t")
    else if (v) v_call
    else if (j) j_call
    else character()
}

# The rule of neighbors, as the core has it; see r_settings.hpp.
rule_list <- function(parameters) {
    list(
        distance = parameters$distance, max_distance = parameters$max_distance,
        missing_genes_match = parameters$missing_genes == "group",
        # Clusters of 0.2.0 do not say it.
        ambiguous_genes_match = identical(parameters$ambiguous_genes, "any"),
        v_distance = if (length(parameters$v_distance)) parameters$v_distance
            else ""
    )
}

count_without_v_call <- function(table) {
    if (is_held(table)) {
        return(cpp_rows_without(table$pointer, table$sources$v_call,
            longest_sequence, !nzchar(table$values$v_call)))
    }
    columns <- grep("^v_call", names(table), value = TRUE)
    # Of those that can be clustered; which pairs can, others say.
    valid <- if (is.null(table$junction_aa)) rep(TRUE, nrow(table))
        else cpp_sequence_problems(table$junction_aa, longest_sequence) == 0L
    if (!length(columns)) return(sum(valid))
    sum(valid & Reduce(`|`, lapply(table[columns], function(x) !nzchar(x))))
}
