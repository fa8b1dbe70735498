# Which column of a file is which: by the names of its format, then the usual
# ones (R/read_column_names.R), then those of the user before all.

# The places of those of `wanted` that the header has, in their order. Spelling
# first, for AIRR's names are case-sensitive.
column_places <- function(wanted, header) {
    places <- header$places
    if (is.null(places)) places <- seq_along(header$names)
    at <- match(wanted, header$names[places])
    none <- is.na(at)
    at[none] <- match(known_bare(wanted[none]), header$bare[places])
    unique(places[at[!is.na(at)]])
}

# The same thousand names are looked for in each file: to make them bare was a
# seventh of the time that a small file takes.
known_bare <- function(names) {
    remembered("bare names", names, function(names) {
        list(bare = bare_name(names))
    })$bare
}

# The first of them; NA where none is.
find_column <- function(wanted, header) column_places(wanted, header)[1L]

# Our name -> places in the file, for a format, the user's own names, and the
# loci asked for.
find_columns <- function(format, header, columns, locus, file) {
    wanted <- wanted_columns(format, header, locus)
    found <- lapply(stats::setNames(nm = names(wanted)), function(name) {
        at <- column_places(wanted[[name]], header)
        first <- utils::head(at, 1L)
        if (name == "junction_aa") {
            return(union(first, column_places(format$stripped, header)))
        }
        if (!sub("_(alpha|beta|gamma|delta)$", "", name) %in% filled_columns) {
            return(first)
        }
        c(first, setdiff(at[-1L], column_places(filling_none, header)))
    })
    for (name in names(columns)) {
        found[[name]] <- named_column(columns[[name]], name, header, file)
    }
    found <- found[lengths(found) > 0L]
    placed <- names(columns)[vapply(columns, is.numeric, NA)]
    refuse_twins(found[setdiff(names(found), placed)], header, file)
    found
}

# A column that the user names, or gives the place of; none by "".
named_column <- function(column, name, header, file) {
    if (identical(column, "")) return(integer())
    if (is.numeric(column)) {
        if (column > length(header$names)) {
            raise_error("format", paste0(
                "`columns` says column ", column, " for `", name, "`; ",
                shown_file(file), " has ", length(header$names)
            ))
        }
        return(as.integer(column))
    }
    at <- find_column(column, header[c("names", "normal", "bare")])
    if (!is.na(at)) return(at)
    raise_error("format", paste0(
        "`columns` names ", given(column), " for `", name,
        "`, which ", shown_file(file), " does not have; closest ",
        if (length(header$names) == 1L) "is " else "are ",
        closest_columns(column, header)
    ))
}

# Two columns of one name: which is meant can't be known.
refuse_twins <- function(found, header, file) {
    for (name in names(found)) {
        for (at in found[[name]]) {
            twins <- which(header$names == header$names[at])
            if (length(twins) > 1L) {
                raise_error("format", paste0(
                    shown_file(file), " must have one column `",
                    header$names[at], "`, to be read as `", name, "`; it is ",
                    "there ", length(twins), " times (columns ",
                    paste(twins, collapse = ", "), "). `columns` takes places",
                    " too: columns = list(", name, " = ", twins[1L], ")"
                ))
            }
        }
    }
}

# Our name -> names of the file: the format's own, then usual ones.
wanted_columns <- function(format, header, locus) {
    chains <- chains_there(format, header)
    own <- if (is.null(format$columns)) list() else format$columns
    usual <- usual_names[setdiff(names(usual_names), "junction_aa")]
    if (length(chains)) {
        own$junction_aa <- NULL
        own <- c(own, columns_of_chains(format$chains, chains, locus))
        if (length(chains) > 1L) usual[c("v_call", "j_call", "locus")] <- NULL
    } else {
        # TRBV beside a CDR3 that is of no chain by its name.
        for (name in c("v_call", "j_call")) {
            usual[[name]] <- c(usual[[name]], unlist(
                lapply(usual_chain_names, `[[`, name), use.names = FALSE
            ))
        }
    }
    for (name in names(usual)) own[[name]] <- c(own[[name]], usual[[name]])
    own
}

# The loci of which the header has CDR3s in columns of their own; none where a
# column has those of all.
chains_there <- function(format, header) {
    if (is.null(format$chains) || (!is.null(format$columns$junction_aa) &&
        !is.na(find_column(format$columns$junction_aa, header)))) {
        return(character())
    }
    there <- vapply(format$chains, function(columns) {
        !is.na(find_column(columns$junction_aa, header))
    }, TRUE)
    intersect(names(chain_names), names(there)[there])
}

# Those of the loci that are taken; of several with the names of pairs.
columns_of_chains <- function(columns, there, locus) {
    loci <- chains_taken(there, locus)
    if (length(loci) == 1L) return(columns[[loci]])
    pairs <- lapply(loci, function(name) {
        stats::setNames(columns[[name]], paste0(names(columns[[name]]), "_",
            chain_names[[name]]))
    })
    do.call(c, pairs)
}

# The loci asked for. TRB where none are, or what there is: rows of another
# locus than those asked for are counted as such.
chains_taken <- function(there, locus) {
    taken <- intersect(there, locus)
    if (length(taken)) return(taken)
    if (is.null(locus) && "TRB" %in% there) "TRB" else there[1L]
}

# Up to three columns of the header, the closest to a name first.
closest_columns <- function(name, header) {
    order <- order(-likeness(name, header))
    shown_names(header$names[utils::head(order, 3L)])
}

# How much of a name each of the first columns has, from 0 to 1: by the letters
# to be changed, or wholly where one is a part of the other. No more are looked
# at, for tables may have a million.
likeness <- function(name, header) {
    normal <- substr(utils::head(header$normal, 500L), 1L, 60L)
    name <- normal_name(name)
    likeness <- 1 - utils::adist(name, normal)[1L, ] /
        pmax(nchar(name), nchar(normal), 1L)
    within <- nchar(normal) > 2L & (
        vapply(normal, grepl, TRUE, name, fixed = TRUE) |
            (nchar(name) > 2L & grepl(name, normal, fixed = TRUE))
    )
    ifelse(within, pmax(likeness, 0.75), likeness)
}
