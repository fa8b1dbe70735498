# Pair the chains of each cell: man/pairChains.Rd.
pairChains <- function(data, locus = c("TRA", "TRB")) {
    chain <- tryCatch(check_chain(locus, "locus"),
        clustcr_error = function(e) "none")
    if (!is_paired(chain)) {
        bad_argument(
            "`locus` must be c(\"TRA\", \"TRB\") or c(\"TRG\", \"TRD\"), not ",
            if (is.character(locus)) deparse1(locus) else given(locus)
        )
    }
    pair_chains(data, loci_of_chain(chain))
}

pair_chains <- function(data, locus, name = "data") {
    chains <- chains_of_cells(data, locus, name)
    refuse_bound_runs(chains, name)
    reason <- chain_reasons(chains, locus)
    best <- best_chains(chains, which(reason == ""))
    reason[setdiff(which(reason == ""), best)] <- "second_chain"
    names <- c("no_cell_id", "other_locus", "non_productive", "no_cdr3",
        "second_chain")
    skipped <- vapply(names, function(name) sum(reason == name), 0)
    report_pairs(pair_table(chains, best, locus), skipped)
}

# The columns that matter, checked, all there.
chains_of_cells <- function(data, loci, name) {
    if (!is_table(data)) {
        bad_argument("`", name, "` must be a data.frame, not ", given(data))
    }
    for (column in c("junction_aa", "cell_id")) {
        if (!column %in% names(data)) {
            bad_argument(
                "`", name, "` must have a column `", column, "`; it has ",
                if (ncol(data)) shown_names(names(data)) else "no columns"
            )
        }
    }
    n <- nrow(data)
    text <- function(column) {
        if (!column %in% names(data)) return(character(n))
        x <- plain_column(data, column)
        ids <- c("cell_id", "repertoire_id", "sequence_id")
        x <- if (column %in% ids && is.numeric(x)) {
            id_text(x)
        } else {
            text_column(data, column, name)
        }
        x[is.na(x)] <- ""
        x
    }
    chains <- list(
        cell_id = text("cell_id"), repertoire_id = text("repertoire_id"),
        junction_aa = text("junction_aa"), v_call = text("v_call"),
        j_call = text("j_call"),
        sequence_id = text("sequence_id"),
        has = intersect(c("repertoire_id", "v_call", "j_call"), names(data))
    )
    chains <- parted_by_column(chains, data, name)
    chains$locus <- row_loci(n, text("locus"), chains$v_call, chains$j_call,
        loci)
    productive <- plain_column(data, "productive")
    if (is.null(productive)) productive <- rep(NA, n)
    if (!is.logical(productive)) {
        productive <- as_flag(productive, function(word, row) {
            bad_argument("`productive` of `data` must say yes or no (true, ",
                "false, T, F, ...), not ", given(word), " (row ", row, ")")
        })
    }
    chains$productive <- productive
    count <- plain_column(data, "duplicate_count")
    if (is.null(count)) count <- rep(1, n)
    count <- check_counts(count, name)
    count[is.na(count)] <- 1
    chains$count <- count
    chains$cell <- paste(chains$repertoire_id, chains$cell_id, sep = "\r")
    chains
}

# Without `repertoire_id`, or where it is blank, people who share barcodes are
# told apart by another column that usually has the sample.
parted_by_column <- function(chains, data, name) {
    told <- repertoires_of_cells(data, chains$cell_id)
    if (is.null(told) || identical(told$from, "repertoire_id")) return(chains)
    if (told$from[1L] == "repertoire_id") {
        inform("pairs", "Blanks in `repertoire_id` of `", name, "` are filled ",
            "from ", shown_names(told$from[-1L]), ".")
    } else {
        inform("pairs", "Several repertoires have the same barcodes: ",
            "`", told$from[1L], "` of `", name, "` is taken as ",
            "`repertoire_id`.")
    }
    chains$repertoire_id <- told$values
    chains$has <- union("repertoire_id", chains$has)
    chains
}

# Why a row can't be a chain of a receptor, "" where it can.
chain_reasons <- function(chains, locus) {
    reason <- character(length(chains$cell))
    mark <- function(rows, name) reason[rows & reason == ""] <<- name
    mark(chains$cell_id == "", "no_cell_id")
    mark(!chains$locus %in% locus, "other_locus")
    mark(chains$productive %in% FALSE, "non_productive")
    mark(chains$junction_aa == "", "no_cdr3")
    reason
}

# Of the rows, the best of each cell and locus.
best_chains <- function(chains, rows) {
    of <- function(name) chains[[name]][rows]
    order <- order(
        of("cell"), of("locus"), is.na(of("productive")), -of("count"),
        of("junction_aa"), of("v_call"), of("j_call"), of("sequence_id"),
        method = "radix"
    )
    rows <- rows[order]
    key <- paste(chains$cell[rows], chains$locus[rows], sep = "\r")
    rows[!duplicated(key)]
}

pair_table <- function(chains, best, locus) {
    cells <- unique(chains$cell[sort(best)])
    first <- match(cells, chains$cell)
    table <- list(cell_id = chains$cell_id[first])
    if ("repertoire_id" %in% chains$has) {
        table$repertoire_id <- chains$repertoire_id[first]
    }
    columns <- c("junction_aa", intersect(c("v_call", "j_call"), chains$has))
    for (column in columns) {
        for (one in locus) {
            own <- best[chains$locus[best] == one]
            found <- chains[[column]][own][match(cells, chains$cell[own])]
            found[is.na(found)] <- ""
            table[[paste0(column, "_", chain_names[[one]])]] <- found
        }
    }
    table$duplicate_count <- rep(1, length(cells))
    as.data.frame(table, stringsAsFactors = FALSE)
}

report_pairs <- function(table, skipped) {
    sides <- table[startsWith(names(table), "junction_aa_")]
    chains <- sub("junction_aa_", "", names(sides))
    both <- sides[[1L]] != "" & sides[[2L]] != ""
    cells <- stats::setNames(
        c(sum(both), sum(sides[[2L]] == ""), sum(sides[[1L]] == "")),
        c("paired", chains)
    )
    left <- skipped[skipped > 0]
    words <- c(
        no_cell_id = "without a cell", other_locus = "of another locus",
        non_productive = "not productive", no_cdr3 = "without a CDR3",
        second_chain = "of which the cell has a better one"
    )
    inform(
        "pairs", "Paired ", count_text(nrow(table), "cell"), ": ",
        shown_number(cells[[1L]]), " with both chains, ",
        shown_number(cells[[2L]]),
        " with ", chains[1L], " only, ", shown_number(cells[[3L]]), " with ",
        chains[2L], " only",
        if (length(left)) {
            paste0("; left out rows: ", paste(
                shown_number(left), words[names(left)], collapse = ", "
            ))
        }, "."
    )
    structure(table, skipped = skipped, cells = cells)
}
