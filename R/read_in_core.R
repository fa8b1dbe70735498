# Rows that stay in the core: tidy_rows() of what most files are, without a
# string of R for any row. R says what the levels of columns mean (genes, loci,
# flags), each once for a file, and the core goes by them. What only words can
# tell is left to tidy_rows(): errors, text that is no ASCII, and formats whose
# columns must be taken apart.

# Of both chains in a row, formats with a `tidy` of their own, CDR3s without
# their ends, genes of several columns, and counts of spreadsheets the columns
# come to R.
stays_in_core <- function(layout, options) {
    at <- layout$columns
    several <- lengths(at[setdiff(names(at), "duplicate_count")]) > 1L
    genes <- intersect(c("v_call", "j_call"), names(at))
    # A column of two meanings is of one kind only.
    is.null(layout$tidy) && !anyDuplicated(unlist(at)) &&
        (is.null(at$duplicate_count) || counts_are_numbers(layout)) &&
        !length(layout$stripped) && !any(several) &&
        "junction_aa" %in% names(at) &&
        !any(startsWith(names(at), "junction_aa_")) &&
        !any(unlist(layout$hits[genes])) && !options$keep_missing &&
        !isTRUE(options$keep_all) && !isTRUE(options$by_repertoire)
}

# What the levels of a table's columns mean. update(names) goes on where more
# have come, and says whether all could be told; of(name) is what they are.
level_meanings <- function(table, layout, options) {
    known <- list()
    ids <- c("", unique(c(names(locus_names), layout$chain)))
    number_of <- function(loci) {
        ids <<- union(ids, loci)
        match(loci, ids) - 1L
    }
    read_one <- function(name) {
        before <- known[[name]]
        levels <- table$levels(name, length(before$levels))
        if (!is.null(before) && !length(levels)) return(TRUE)
        if (!all(validUTF8(levels))) return(FALSE)
        found <- meanings_of[[sub("^[vj]_call", "gene", name)]](levels, options)
        if (is.null(found)) return(FALSE)
        found$levels <- levels
        if (!is.null(found$loci)) found$number <- number_of(found$loci)
        known[[name]] <<- if (is.null(before)) found else Map(c, before, found)
        TRUE
    }
    list(
        update = function(names) all(vapply(names, read_one, NA)),
        of = function(name) known[[name]],
        wanted = function(loci) ids %in% c("", loci),
        number = function(locus) match(locus, ids) - 1L
    )
}

# What levels mean, as vectors beside them, by the name of the column; NULL
# where one is a word that is not known.
meanings_of <- list(
    gene = function(levels, options) gene_facts(levels, options$species),
    locus = function(levels, options) {
        remembered("loci", levels, function(levels) {
            loci <- imgt_locus(levels)
            list(values = loci, loci = loci)
        })
    },
    productive = function(levels, options) flag_facts(levels),
    is_cell = function(levels, options) flag_facts(levels),
    repertoire_id = function(levels, options) {
        list(values = without_words(levels))
    }
)

flag_facts <- function(levels) {
    found <- remembered("flags", levels, function(levels) {
        list(values = vapply(levels, function(level) {
            known <- TRUE
            flag <- as_flag(level, function(word, row) known <<- FALSE)
            if (known) as.integer(flag) else -1L
        }, 0L))
    })$values
    if (!any(found %in% -1L)) list(values = unname(as.logical(found)))
}

# Names of genes as IMGT has them, what locus they tell, whether they serve two,
# and whether they are strange.
gene_facts <- function(names, species) {
    remembered(paste("genes", species), names, function(names) {
        values <- imgt_genes(names, species)
        list(
            values = values, loci = gene_locus(values),
            both = serves_both(values),
            strange = values %in% strange_genes(values)
        )
    })
}

# As tidy_rows(), of a part of a table; NULL where the core can't tell.
tidy_in_core <- function(part, table, meanings, layout, options) {
    if (!part$rows) return(NULL)
    at <- layout$columns
    place <- function(names) {
        match(unlist(at[names], use.names = FALSE), table$places)
    }
    genes <- intersect(names(at), c("v_call", "j_call"))
    coded <- intersect(names(at), table$few)
    if (!meanings$update(coded)) return(NULL)
    meant <- function(name, means) {
        if (name %in% names(at)) {
            list(column = place(name), means = as.integer(means))
        }
    }
    number <- function(name) meant(name, meanings$of(name)$number)
    by_locus <- !is.null(options$locus)
    either <- intersect(c("TRA", "TRD"), options$locus)
    productive <- meanings$of("productive")$values
    not_productive <- productive %in% FALSE |
        (is.na(productive) & identical(layout$blank_productive, FALSE))
    rules <- list(
        cdr3 = place("junction_aa"), unquote = !nzchar(layout$separator),
        joined = "locus" %in% names(at), no_cdr3 = no_cdr3_words,
        locus = if (by_locus) number("locus"),
        v_locus = if (by_locus) number("v_call"),
        j_locus = if (by_locus) number("j_call"),
        v_either = if (by_locus) meant("v_call", meanings$of("v_call")$both),
        either = if (length(either) == 1L) meanings$number(either) else 0L,
        chain = if (length(layout$chain)) meanings$number(layout$chain) else 0L,
        wanted = if (by_locus) meanings$wanted(options$locus) else logical(),
        not_productive = if (options$productive) {
            meant("productive", not_productive)
        },
        no_cell = if (options$cells_only) {
            meant("is_cell", meanings$of("is_cell")$values %in% FALSE)
        },
        counts = place("duplicate_count"),
        texts = place(intersect(names(at), c("sequence_id", "cell_id"))),
        genes = place(genes)
    )
    found <- cpp_part_tidy(part$pointer, rules)
    if (is.null(found)) return(NULL)
    skipped <- no_rows_skipped
    skipped[-1L] <- found$reasons[-1L]
    list(
        rows = found$rows, skipped = skipped, rounded = found$rounded,
        completed = 0, bare = found$bare,
        strange = strange_levels(genes, found$used, meanings),
        filled = filled_in_core(at, found$filled),
        held = structure(list(
            pointer = found$pointer, n = found$rows,
            locus = options$locus, at = lapply(
                stats::setNames(nm = names(at)), place),
            values = lapply(stats::setNames(nm = coded), function(name) {
                meanings$of(name)$values
            })
        ), class = "rows_in_core")
    )
}

# Of genes that are there in the order of their names, as tidy_rows() has them.
strange_levels <- function(genes, used, meanings) {
    found <- character()
    for (i in seq_along(genes)) {
        known <- meanings$of(genes[i])
        there <- which(used[[i]])
        there <- there[known$strange[there]]
        there <- there[order(known$levels[there], method = "radix")]
        found <- union(found, known$values[there])
    }
    found
}

filled_in_core <- function(at, filled) {
    none <- lapply(stats::setNames(nm = names(at)), function(name) NULL)
    for (name in names(at)) {
        if (!grepl("^[vj]_call", name)) none[[name]] <- 0
    }
    if (length(filled)) none$duplicate_count <- filled
    none
}

is_held <- function(x) inherits(x, "rows_in_core")

# How many rows a part of a file has.
count_read <- function(x) if (is_held(x)) x$n else nrow(x)

# Rows that the core holds as a data.frame; a table as it is.
as_read_table <- function(held) {
    if (!is_held(held)) return(held)
    names <- intersect(our_columns, names(held$at))
    columns <- lapply(names, function(name) {
        values <- held$values[[name]]
        what <- switch(name, junction_aa = "cdr3", duplicate_count = "count",
            if (is.null(values)) "text" else "levels")
        if (is.null(values)) values <- no_value
        list(what = what, column = held$at[[name]][1L], values = values)
    })
    table <- list2DF(stats::setNames(
        cpp_rows_columns(held$pointer, columns), names
    ))
    attr(table, "skipped") <- attr(held, "skipped")
    table
}
