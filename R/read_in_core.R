# Rows that stay in the core: tidy_rows() of what most files are, without a
# string of R for any row. R says what the levels of columns mean (genes, loci,
# flags), each once for a file, and the core goes by them. What only words can
# tell is left to tidy_rows(): errors, text that is no ASCII, and formats whose
# columns must be taken apart.

# Of both chains in a row, formats with a `tidy` of their own, CDR3s without
# their ends, several columns that are no genes, counts or CDR3s, and counts of
# spreadsheets the columns come to R. So does a part of a file where a blank
# CDR3 is filled from another column.
stays_in_core <- function(layout, options) {
    at <- layout$columns
    filled <- c("junction_aa", "v_call", "j_call", "duplicate_count")
    # A column of two meanings is of one kind only.
    is.null(layout$tidy) && !anyDuplicated(unlist(at)) &&
        (is.null(at$duplicate_count) || counts_are_numbers(layout)) &&
        !all_stripped(layout) && "junction_aa" %in% names(at) &&
        !any(lengths(at[setdiff(names(at), filled)]) > 1L) &&
        !any(startsWith(names(at), "junction_aa_")) &&
        !options$keep_missing && !isTRUE(options$keep_all) &&
        !isTRUE(options$by_repertoire)
}

# What the levels of a table's columns mean. update(names) goes on where more
# have come, and says whether all could be told; of(name) is what they are, of
# several columns after each other, and `source`, which the core takes.
level_meanings <- function(table, layout, options) {
    known <- list()
    ids <- c("", unique(c(names(locus_names), layout$chain)))
    number_of <- function(loci) {
        ids <<- union(ids, loci)
        match(loci, ids) - 1L
    }
    read_column <- function(name, place, before, hits) {
        levels <- table$levels(place, length(before$levels))
        if (!is.null(before) && !length(levels)) return(before)
        if (!all(validUTF8(levels))) return(NULL)
        found <- meanings_of[[sub("^[vj]_call", "gene", name)]](levels,
            options, hits)
        if (is.null(found)) return(NULL)
        found$levels <- levels
        if (!is.null(found$loci)) found$number <- number_of(found$loci)
        if (is.null(before)) found else Map(c, before, found)
    }
    read_one <- function(name) {
        at <- layout$columns[[name]]
        hits <- rep_len(c(layout$hits[[name]], FALSE), length(at))
        for (i in seq_along(at)) {
            before <- if (length(known[[name]]) >= i) known[[name]][[i]]
            found <- read_column(name, at[i], before, hits[i])
            if (is.null(found)) return(FALSE)
            known[[name]][[i]] <<- found
        }
        TRUE
    }
    of <- function(name) {
        columns <- known[[name]]
        if (is.null(columns)) return(list())
        sizes <- lengths(lapply(columns, `[[`, "levels"))
        c(do.call(Map, c(list(c), columns)), list(source = list(
            column = match(layout$columns[[name]], table$places),
            offsets = as.integer(cumsum(sizes) - sizes),
            vagueness = if (length(columns) > 1L) {
                lapply(columns, `[[`, "vagueness")
            } else {
                list()
            }
        )))
    }
    list(
        update = function(names) all(vapply(names, read_one, NA)),
        of = of, wanted = function(loci) ids %in% c("", loci),
        number = function(locus) match(locus, ids) - 1L
    )
}

# What levels mean, as vectors beside them, by the name of the column; NULL
# where one is a word that is not known. `hits`: of MiXCR's the first counts.
meanings_of <- list(
    gene = function(levels, options, hits) {
        if (hits) levels <- sub("[,;].*$", "", levels)
        gene_facts(levels, options$species)
    },
    locus = function(levels, options, hits) {
        remembered("loci", levels, function(levels) {
            loci <- imgt_locus(levels)
            list(values = loci, loci = loci)
        })
    },
    productive = function(levels, options, hits) flag_facts(levels),
    is_cell = function(levels, options, hits) flag_facts(levels),
    repertoire_id = function(levels, options, hits) {
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
            vagueness = gene_vagueness(names, species),
            strange = values %in% strange_genes(values)
        )
    })
}

# As tidy_rows(), of a part of a table; NULL where the core can't tell.
tidy_in_core <- function(part, table, meanings, layout, options) {
    if (!part$rows) return(NULL)
    at <- layout$columns
    coded <- intersect(names(at), table$few)
    if (!meanings$update(coded)) return(NULL)
    known <- lapply(stats::setNames(nm = coded), meanings$of)
    genes <- intersect(names(at), c("v_call", "j_call"))
    place <- function(names) {
        match(unlist(at[names], use.names = FALSE), table$places)
    }
    meant <- function(name, means) {
        source <- known[[name]]$source
        if (!is.null(source)) c(source, list(means = as.integer(means)))
    }
    number <- function(name) meant(name, known[[name]]$number)
    by_locus <- !is.null(options$locus)
    either <- intersect(c("TRA", "TRD"), options$locus)
    productive <- known$productive$values
    not_productive <- productive %in% FALSE |
        (is.na(productive) & identical(layout$blank_productive, FALSE))
    cdr3 <- place("junction_aa")
    found <- cpp_part_tidy(part$pointer, list(
        cdr3 = cdr3[1L], other_cdr3 = cdr3[-1L],
        unquote = !layout$quoted,
        joined = "locus" %in% names(at),
        no_cdr3 = c(no_cdr3_words, header_words(layout, "junction_aa")),
        locus = if (by_locus) number("locus"),
        v_locus = if (by_locus) number("v_call"),
        j_locus = if (by_locus) number("j_call"),
        v_either = if (by_locus) meant("v_call", known$v_call$both),
        either = if (length(either) == 1L) meanings$number(either) else 0L,
        chain = if (length(layout$chain)) meanings$number(layout$chain) else 0L,
        wanted = if (by_locus) meanings$wanted(options$locus) else logical(),
        not_productive = if (options$productive) {
            meant("productive", not_productive)
        },
        no_cell = if (options$cells_only) {
            meant("is_cell", known$is_cell$values %in% FALSE)
        },
        counts = place("duplicate_count"),
        texts = place(intersect(names(at), c("sequence_id", "cell_id"))),
        genes = lapply(unname(known[genes]), `[[`, "source")
    ))
    if (is.null(found)) return(NULL)
    skipped <- no_rows_skipped
    # What lacks its ends is none of the core's.
    skipped[seq_along(found$reasons)[-1L]] <- found$reasons[-1L]
    list(
        rows = found$rows, skipped = skipped, rounded = found$rounded,
        completed = 0, bare = found$bare,
        strange = strange_levels(known[genes], found, layout$hits),
        filled = filled_in_core(at, found, genes),
        held = structure(list(
            pointer = found$pointer, n = found$rows, locus = options$locus,
            sources = lapply(stats::setNames(nm = names(at)), function(name) {
                if (name %in% coded) known[[name]]$source
                else list(column = place(name)[1L], offsets = 0L,
                    vagueness = list())
            }),
            values = lapply(known, `[[`, "values")
        ), class = "rows_in_core")
    )
}

# Of genes that are there. A column as it stands is a factor for tidy_rows(),
# which goes by names; others by the row.
strange_levels <- function(known, found, hits) {
    strange <- character()
    for (i in seq_along(known)) {
        own <- known[[i]]
        first <- found$first[[i]]
        there <- which(first >= 0)
        there <- there[own$strange[there]]
        by_row <- any(found$chosen[[i]] > 0) ||
            isTRUE(hits[[names(known)[i]]][1L])
        there <- there[if (by_row) order(first[there])
            else order(own$levels[there], method = "radix")]
        strange <- union(strange, own$values[there])
    }
    strange
}

# Rows that each column gave, where there are several.
filled_in_core <- function(at, found, genes) {
    filled <- lapply(stats::setNames(nm = names(at)), function(name) 0)
    filled["duplicate_count"] <- list(found$filled)
    for (i in seq_along(genes)) {
        chosen <- found$chosen[[i]]
        filled[genes[i]] <- list(if (length(chosen) > 1L) chosen)
    }
    filled[names(at)]
}

is_held <- function(x) inherits(x, "rows_in_core")

# How many rows a part of a file has.
count_read <- function(x) if (is_held(x)) x$n else nrow(x)

# Rows that the core holds as a data.frame; a table as it is.
as_read_table <- function(held) {
    if (!is_held(held)) return(held)
    names <- intersect(our_columns, names(held$sources))
    columns <- lapply(names, function(name) {
        values <- held$values[[name]]
        what <- switch(name, junction_aa = "cdr3", duplicate_count = "count",
            if (is.null(values)) "text" else "levels")
        if (is.null(values)) values <- no_value
        c(held$sources[[name]], list(what = what, values = values))
    })
    table <- list2DF(stats::setNames(
        cpp_rows_columns(held$pointer, columns), names
    ))
    attr(table, "skipped") <- attr(held, "skipped")
    table
}
