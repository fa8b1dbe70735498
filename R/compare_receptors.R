# What names a receptor in both of two tables: the one door of
# compareClusterings() and clusterMetrics().

# Whatever names a receptor, as one text a row; `levels` of the genes by column.
receptor_key <- function(table, by, levels = list()) {
    parts <- c(lapply(by, function(column) as.character(table[[column]])),
        lapply(names(levels), function(column) {
            value <- as.character(table[[column]])
            gene_of_pairs(replace(value, is.na(value), ""), levels[[column]])
        }))
    if (length(parts) == 1L) return(parts[[1L]])
    do.call(paste, c(parts, sep = "\t"))
}

# Cells need no CDR3.
compared_clusters <- function(x, name) {
    columns <- if (is_table(x)) names(x)
    as_clusters(x, name, members = !"cell_id" %in% columns ||
        any(startsWith(columns, "junction_aa")))
}

# What a receptor is, as users say it: list(by, genes) with `genes` the levels
# that they name, by column.
compared_by <- function(by, v_gene, j_gene) {
    genes <- Filter(length, list(v_call = v_gene, j_call = j_gene))
    for (name in names(genes)) {
        check_choice(genes[[name]], sub("call", "gene", name), gene_levels)
    }
    # Before 0.3.0 `by` named the columns of genes.
    old <- intersect(by, c("v_call", "j_call"))
    if (length(old) && "junction_aa" %in% by) {
        deprecated("`by = ", deparse1(by), "` is `",
            paste0(sub("call", "gene", old), " = \"gene\"", collapse = ", "),
            "` now")
        genes[old] <- "gene"
        by <- setdiff(by, old)
    }
    if (!is.null(by)) by <- check_choice(by, "by", c("junction_aa", "cell_id"))
    if (identical(by, "cell_id") && length(genes)) {
        bad_argument("`by = \"cell_id\"` compares cells, which `",
            sub("call", "gene", names(genes)[1L]), "` does not tell apart: ",
            "leave it out")
    }
    list(by = by, genes = genes)
}

# list(key, genes): a list of keys for both of `tables` (rows of receptors), and
# the columns of genes in them. `asked`: of compared_by(). `rules` of both:
# clusterParameters() where a run made them.
compared_keys <- function(asked, rules, tables) {
    by <- asked$by
    named <- c(by, names(asked$genes)[asked$genes != "none"])
    for (name in names(tables)) check_columns(tables[[name]], named, name)
    if (!same_chains(rules, tables) && !identical(by, "cell_id")) {
        refuse_other_chains(rules, tables, asked = length(named) > 0L)
        inform("left_out", "Receptors of ", name_both(rules), " are of other ",
            "chains: their cells are compared by `cell_id`.")
        by <- "cell_id"
    }
    if (identical(by, "cell_id")) {
        both <- all(vapply(tables, function(x) {
            "repertoire_id" %in% names(x)
        }, NA))
        columns <- c(if (both) "repertoire_id", "cell_id")
        return(list(key = lapply(tables, receptor_key, columns)))
    }
    levels <- if (is.null(by)) {
        compared_levels(rules, tables, setdiff(c("v", "j"), sub("_call", "",
            names(asked$genes))))
    }
    levels <- c(levels, asked$genes[asked$genes != "none"])
    list(key = lapply(tables, receptor_key, "junction_aa", levels),
        genes = names(levels))
}

# Which of `genes` both tell receptors apart by, at the coarser level of both.
compared_levels <- function(rules, tables, genes) {
    levels <- list()
    order <- c("family", "gene", "allele")
    for (gene in genes) {
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
