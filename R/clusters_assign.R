# Find the stored clusters of new receptors: man/assignClusters.Rd.
assignClusters <- function(x, data, n_cpus = 1, memory_limit = "2GB",
                           by = "receptor", ...) {
    old_arguments()
    by <- check_choice(by, "by", c("receptor", "cluster"))
    x <- clusters_of_rule(x)
    threads <- check_threads(n_cpus)
    limit <- check_bytes(memory_limit, "memory_limit")
    finder <- if (is_kept(x)) finder_of_run(open_kept(x), x@parameters, limit,
        threads) else finder_of_table(x, threads)
    finder$without_v_call <- names_no_v_call(x)
    assign_rows(data, finder, by)
}

# All clusters of a run, which alone say by what rule.
clusters_of_rule <- function(x) {
    x <- as_clusters(x)
    if (!of_run(x) || !is.null(chosen_clusters(x))) {
        bad_argument("`x` must be all clusters of a run, as of ",
            "clusterRepertoires() or fit(), not some of them or a table")
    }
    x
}

# Against the last finished clustering of an object's store, whatever the
# object has done since.
assign_by_clustering <- function(self, data, by) {
    by <- check_choice(by, "by", c("receptor", "cluster"))
    state <- self$state
    store <- store_pointer(self)
    cpp_store_check_identity(store)
    work <- work_directory_text(self)
    id <- if (is.null(state$run)) cpp_run_current(store, work)
        else state$run$id
    if (!nzchar(id)) {
        raise_error("not_finished", paste0(
            "the clusters must be finished to assign receptors to them; call ",
            "`batch_cluster()` until it returns NULL first"
        ))
    }
    run <- cpp_run_look(store, id, work)
    parameters <- c(
        mget(c("chain", "v_gene", "j_gene", "missing_chain"), state),
        run_settings_of(cpp_run_describe(run), state)
    )
    assign_rows(data, finder_of_run(run, parameters,
        check_bytes(state$memory_limit, "memory_limit"),
        check_threads(state$n_cpus)), by)
}

# What rows are looked up by: `parameters` (chain, genes, rule), `longest` (of
# the text of a receptor), `at_a_time` (rows, by the longest that comes) and
# `find(junction_aa, v_call, j_call)`.
finder_of_run <- function(run, parameters, memory_limit, threads) {
    list(
        parameters = parameters,
        longest = cpp_store_describe(cpp_run_store(run))$max_sequence_size,
        at_a_time = function(longest) {
            cpp_assignment_rows(rule_list(parameters), longest, memory_limit)
        },
        find = function(junction_aa, v_call, j_call) {
            cpp_assign_to_run(run, junction_aa, v_call, j_call, memory_limit,
                threads)
        }
    )
}

finder_of_table <- function(x, threads) {
    parameters <- x@parameters
    kept <- joined_pairs(x@table, parameters$chain)
    kept$v_call <- if (parameters$v_gene == "none") character() else kept$v_call
    kept$j_call <- if (parameters$j_gene == "none") character() else kept$j_call
    others <- x@counts[["receptors"]] > nrow(x@table)
    list(
        parameters = parameters, longest = longest_sequence,
        at_a_time = function(longest) .Machine$integer.max,
        find = function(junction_aa, v_call, j_call) {
            found <- cpp_assign_to_table(kept, junction_aa, v_call, j_call,
                rule_list(parameters), threads)
            if (others) found$n_unclustered[] <- NA
            found$identity <- identity_of_rows(kept)$id
            found
        }
    )
}

# The columns of receptors as lists of one text each, of both chains.
joined_pairs <- function(table, chain) {
    columns <- c("junction_aa", "v_call", "j_call")
    kept <- if (is_paired(chain)) {
        sapply(columns, function(name) joined_column(table, name),
            simplify = FALSE)
    } else {
        as.list(table[intersect(columns, names(table))])
    }
    kept$cluster <- table$cluster
    kept
}

assign_rows <- function(data, finder, by) {
    rows <- rows_to_assign(data, finder)
    valid <- which(is.na(rows$skipped))
    found <- find_clusters(rows, valid, finder)
    # Rows are not the members of these clusters, so that they can't tell.
    identity <- list(cluster = seq_along(found$identity), id = found$identity)
    near <- found$near
    found[c("identity", "near")] <- NULL
    tell_without_genes(rows, valid, found$status,
        !isTRUE(finder$without_v_call))
    # Every row once, also those that were not looked up.
    places <- match(seq_len(rows$n), valid)
    if (length(valid) == rows$n) places <- NULL
    found <- lapply(found, function(x) if (is.null(places)) x else x[places])
    found$status <- c("identical", "neighbor", "novel")[found$status]
    table <- as.data.frame(c(
        list(row = seq_len(rows$n)), rows[c("junction_aa", rows$genes)], found,
        list(skipped = rows$skipped)
    ))
    if (by == "cluster") {
        shown <- c("row", "junction_aa", rows$genes, "status")
        table <- cbind(table[valid[near$row], shown, drop = FALSE],
            as.data.frame(near[c("cluster", "n_neighbors")]))
        rownames(table) <- NULL
    }
    counts <- table(factor(rows$skipped, reasons_to_skip()))
    counts <- c(none = length(valid), counts[counts > 0])
    report_skipped(add_counts(counts, rows$left_out), "`data`")
    chain <- finder$parameters$chain
    if (is_paired(chain)) table <- split_pairs(table, chain)
    with_identity(table, identity_within(identity, table$cluster))
}

# Why an equal CDR3 may be novel: one of the two names a gene that the other
# does not.
tell_without_genes <- function(rows, valid, status, stored_v = TRUE) {
    novel <- status == 3L
    if (!any(novel) || !length(rows$genes)) return(invisible())
    if (!stored_v && rows$genes[1L] == "v_call" && all(novel)) {
        inform("genes", "No receptor of the clusters has a V gene, and the ",
            "run compares V genes: receptors with one are novel.")
        return(invisible())
    }
    lacks <- lapply(rows[rows$genes], function(x) {
        grepl("^$|^:|:$", x[valid])
    })
    affected <- vapply(lacks, function(x) any(x & novel), NA)
    if (!any(affected)) return(invisible())
    all <- all(novel) && any(vapply(lacks, all, NA))
    # With all rows alike those genes that none names.
    shown <- if (all) vapply(lacks, all, NA) else affected
    genes <- paste(c(v_call = "a V gene", j_call = "a J gene")[
        names(lacks)[shown]], collapse = " or ")
    if (all) {
        inform("genes", "No row of `data` has ", genes, ", which the run ",
            "compares: all rows are novel.")
        return(invisible())
    }
    n <- sum(novel & Reduce(`|`, lacks))
    inform("genes", shown_number(n), " of ", count_text(sum(novel),
        "novel row"), " of `data` ", if (n == 1) "does" else "do",
        " not have ", genes, ", which the run compares: the ",
        "same CDR3 may be stored with a gene.")
}

reasons_to_skip <- function() c(cpp_problem_names()[-1L], "wrong_chain")

# All rows with the text that is compared and, where they can't be, why.
rows_to_assign <- function(data, finder) {
    parameters <- finder$parameters
    chain <- parameters$chain
    paired <- is_paired(chain)
    # All rows come, whatever chain they are of.
    source <- receptor_source(data, utils::modifyList(parameters,
        if (paired) list(missing_chain = "keep") else list(chain = "any")))
    tell_other_v_genes(genes_of_chain(source$other_v_genes, chain))
    rows <- if (source$n > 0) source$fetch(1, source$n)
        else list(junction_aa = character(), v_call = character(),
            j_call = character())
    rows$n <- source$n
    rows$left_out <- source$skipped
    rows$genes <- c("v_call", "j_call")[
        c(parameters$v_gene, parameters$j_gene) != "none"]
    problems <- cpp_sequence_problems(rows$junction_aa, finder$longest, paired)
    rows$skipped <- c(NA, cpp_problem_names()[-1L])[problems + 1L]
    if (paired) {
        if (parameters$missing_chain == "skip") {
            one <- grepl("^:|:$", rows$junction_aa)
            rows$skipped[one] <- "missing_chain"
        }
    } else if (is_table(data)) {
        right <- right_chain(data, chain, "data")
        if (!is.null(right)) rows$skipped[-right] <- "wrong_chain"
    }
    rows
}

# As many rows at a time as the memory limit allows.
find_clusters <- function(rows, valid, finder) {
    longest <- max(nchar(rows$junction_aa[valid], "bytes"), 1)
    step <- finder$at_a_time(longest)
    parts <- lapply(seq(0, max(length(valid) - 1, 0), step), function(before) {
        at <- valid[seq_len(min(step, length(valid) - before)) + before]
        genes <- function(column) {
            if (column %in% rows$genes) block_rows(rows[[column]], at)
            else character()
        }
        finder$find(block_rows(rows$junction_aa, at), genes("v_call"),
            genes("j_call"))
    })
    if (length(parts) == 1L) return(parts[[1L]])
    joined <- function(parts) {
        names <- setdiff(names(parts[[1L]]), c("identity", "near"))
        sapply(names, function(name) unlist(lapply(parts, `[[`, name)),
            simplify = FALSE)
    }
    before <- (seq_along(parts) - 1) * step
    near <- joined(Map(function(part, before) {
        replace(part$near, "row", list(part$near$row + before))
    }, parts, before))
    c(joined(parts), list(near = near), parts[[1L]]["identity"])
}

# Subsetting copies; all rows need no copy.
block_rows <- function(x, at) if (length(at) == length(x)) x else x[at]
