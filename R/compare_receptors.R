# What names a receptor in both of two tables: the one door of
# compareClusterings() and clusterMetrics().

# Whatever names a receptor, as one text a row; `levels` of the genes, where
# they are known.
receptor_key <- function(table, by, levels = list()) {
    parts <- lapply(by, function(column) {
        value <- as.character(table[[column]])
        level <- levels[[column]]
        if (column %in% c("junction_aa", "cell_id", "repertoire_id")) {
            return(value)
        }
        if (is.null(level)) return(without_allele(value))
        gene_of_pairs(replace(value, is.na(value), ""), level)
    })
    if (length(parts) == 1L) return(parts[[1L]])
    do.call(paste, c(parts, sep = "\t"))
}

# Cells need no CDR3.
compared_clusters <- function(x, name) {
    columns <- if (is_table(x)) names(x)
    as_clusters(x, name, members = !"cell_id" %in% columns ||
        any(startsWith(columns, "junction_aa")))
}

# list(key, by): a list of keys for both of `tables` (rows of receptors), and
# by what they are. `rules` of both: clusterParameters() where a run made them.
compared_keys <- function(by, rules, tables) {
    if (!is.null(by)) {
        by <- check_by(by, tables, c("junction_aa", "v_call", "j_call",
            "cell_id"))
    }
    if (is.null(by) && !same_chains(rules, tables)) {
        refuse_other_chains(rules, tables)
        inform("left_out", "Receptors of ", name_both(rules), " are of other ",
            "chains: their cells are compared by `cell_id`.")
        by <- "cell_id"
    }
    if (identical(by, "cell_id")) {
        both <- all(vapply(tables, function(x) {
            "repertoire_id" %in% names(x)
        }, NA))
        columns <- c(if (both) "repertoire_id", "cell_id")
        return(list(key = lapply(tables, receptor_key, columns), by = by))
    }
    if (!is.null(by) && !same_chains(rules, tables)) {
        refuse_other_chains(rules, tables, asked = TRUE)
    }
    levels <- compared_levels(rules, tables)
    if (is.null(by)) by <- c("junction_aa", names(levels))
    list(key = lapply(tables, receptor_key, by, levels), by = by)
}

# Genes by which both tell receptors apart, at the coarser level of both.
compared_levels <- function(rules, tables) {
    levels <- list()
    order <- c("family", "gene", "allele")
    for (gene in c("v", "j")) {
        column <- paste0(gene, "_call")
        known <- unlist(lapply(rules, `[[`, paste0(gene, "_gene")))
        if (!length(known) || any(known == "none")) next
        lacking <- names(tables)[vapply(tables, function(x) {
            !any(nzchar(gsub(":", "", x[[column]])) & !is.na(x[[column]]))
        }, NA) & vapply(tables, nrow, 0L) > 0L]
        if (length(lacking)) {
            inform("genes", "`", lacking[1L], "` has no ", toupper(gene),
                " genes, which the clusters need: receptors are compared ",
                "without.")
            next
        }
        levels[[column]] <- order[min(match(known, order))]
    }
    levels
}

# Whether both are of one chain, or both of pairs; where nothing tells, they
# are taken for it.
same_chains <- function(rules, tables) {
    # NA where there are no rows that tell.
    paired <- Map(function(rule, table) {
        if (length(rule)) return(is_paired(rule$chain))
        if (!nrow(table)) {
            return(if (any(startsWith(names(table), "junction_aa_"))) TRUE
                else NA)
        }
        # A bare cell is compared as such.
        if (is.null(table$junction_aa)) return("cell")
        any(grepl(chain_separator, table$junction_aa, fixed = TRUE))
    }, rules, tables)
    if ("cell" %in% paired) return(FALSE)
    if (anyNA(paired)) return(TRUE)
    if (paired[[1L]] != paired[[2L]]) return(FALSE)
    chains <- unlist(lapply(rules, `[[`, "chain"))
    length(chains) < 2L || chains[1L] == chains[2L] || "any" %in% chains
}

refuse_other_chains <- function(rules, tables, asked = FALSE) {
    cells <- vapply(tables, function(x) "cell_id" %in% names(x), NA)
    if (all(cells) && !asked) return(invisible())
    raise_error("cells", paste0(
        name_both(rules), " must be of the same chains: a receptor of one ",
        "chain and a pair are never the same; ",
        if (all(cells)) "`by = \"cell_id\"` compares their cells"
        else paste0("give both as tables with `cell_id`, as annotateCells() ",
            "makes them, to compare cells")
    ))
}

name_both <- function(rules) {
    paste0("`", names(rules), "`", collapse = " and ")
}

check_by <- function(by, tables, known) {
    fine <- is.character(by) && all(by %in% known) &&
        (identical(by, "cell_id") ||
            ("junction_aa" %in% by && !"cell_id" %in% by))
    if (!fine) {
        bad_argument(
            "`by` must be \"junction_aa\", and may add \"v_call\" and ",
            "\"j_call\", or \"cell_id\", not ",
            if (is.character(by)) name_some(by) else given(by)
        )
    }
    for (name in names(tables)) check_columns(tables[[name]], by, name)
    unique(by)
}
