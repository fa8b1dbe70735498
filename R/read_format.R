# How a format is told from a header, and which of its columns is which. The
# formats themselves are tables of names in R/read_<format>.R:
#
#   title     for messages
#   needs     list of sets of names: of each set one must be in the header
#   columns   our name -> names of the file, the first there is taken
#   chains    locus -> such columns, where a row has both chains
#   coalesce  our names of which a blank is filled from the next column
#   hits      whether genes are lists of hits, the best in front
#   blank_productive  what an empty `productive` means (NA: unknown)
#   tidy      function(table) for what no table of names can say
#   stripped  columns whose CDR3s lack their conserved ends by definition
#   note      a sentence for the message
#
# Names are compared as normal_name() gives them: by letters and digits only.

# Ordered: a header that fits several is of the first.
repertoire_formats <- function() {
    list(
        airr = format_airr, paired = format_paired, "10x" = format_10x,
        "10x_consensus" = format_10x_consensus, trust4 = format_trust4,
        vdjtools = format_vdjtools, adaptive = format_adaptive,
        adaptive_v2 = format_adaptive_v2, mixcr = format_mixcr,
        bd = format_bd, bd_cells = format_bd_cells, vdjdb = format_vdjdb,
        vdjdb_full = format_vdjdb_full, mcpas = format_mcpas,
        tcrdist = format_tcrdist, immunarch = format_immunarch,
        pairs = format_pairs,
        table = format_table
    )
}

format_choices <- function() {
    c("auto", names(repertoire_formats()), "giana", "list")
}

# "count (templates/reads)", "count..templates.reads." and the like are one.
normal_name <- function(x) {
    x <- small_letters(iconv(x, "UTF-8", "ASCII", sub = "?"))
    gsub("^_+|_+$", "", gsub("[^a-z0-9]+", "_", x))
}

# The place of the first of `wanted` that the header has; NA where none is.
# Spelling first, for AIRR's names are case-sensitive.
find_column <- function(wanted, header) {
    places <- header$places
    if (is.null(places)) places <- seq_along(header$names)
    at <- match(wanted, header$names[places])
    at[is.na(at)] <- match(normal_name(wanted), header$normal[places])[
        is.na(at)]
    places[at[!is.na(at)][1L]]
}

# `places`: of very many columns those that any format has. A hundred sets are
# looked for, and each would go through a million names.
as_header <- function(names) {
    header <- list(names = names, normal = normal_name(names))
    if (length(names) > 1000L) {
        known <- lapply(repertoire_formats(), `[`,
            c("needs", "columns", "chains"))
        header$places <- which(header$normal %in% normal_name(unlist(
            c(known, usual_columns), use.names = FALSE)))
    }
    header
}

fits <- function(format, header) {
    all(vapply(format$needs, function(set) {
        !is.na(find_column(set, header))
    }, TRUE))
}

recognised <- function(header, formats = repertoire_formats()) {
    for (name in names(formats)) {
        if (fits(formats[[name]], header)) return(name)
    }
    NULL
}

# What things are called where a format's own name for them is not there.
usual_columns <- list(
    repertoire_id = c("repertoire_id", "sample_id", "sample", "sample_name",
        "RunId", "library_id", "orig.ident"),
    cell_id = c("cell_id", "barcode", "cell_barcode"),
    sequence_id = c("sequence_id", "contig_id"),
    locus = c("locus", "chain"),
    duplicate_count = c("duplicate_count", "umis", "umi_count", "umiCount",
        "templates", "count", "counts", "clone_count", "reads", "read_count")
)

# Our name -> places in the file, for a format, the user's own names, and the
# loci asked for.
find_columns <- function(format, header, columns, locus, file) {
    wanted <- c(format$columns, chain_columns(format, header, locus))
    found <- lapply(stats::setNames(nm = names(wanted)), function(name) {
        if (name %in% format$coalesce) {
            at <- vapply(wanted[[name]], find_column, 0L, header)
            return(unname(at[!is.na(at)]))
        }
        at <- find_column(wanted[[name]], header)
        at[!is.na(at)]
    })
    known <- names(found)[lengths(found) > 0L]
    for (name in setdiff(names(usual_columns), known)) {
        if (!is.null(format$chains) && name == "locus") next
        at <- find_column(usual_columns[[name]], header)
        if (!is.na(at)) found[[name]] <- at
    }
    for (name in names(columns)) {
        at <- find_column(columns[[name]], header[c("names", "normal")])
        if (is.na(at)) {
            raise_error("format", paste0(
                "`columns` names ", given(columns[[name]]), " for `", name,
                "`, which ", shown_file(file), " does not have; closest ",
                if (length(header$names) == 1L) "is " else "are ",
                closest_columns(columns[[name]], header)
            ))
        }
        found[[name]] <- at
    }
    found[lengths(found) > 0L]
}

# Of a format with two chains in a row: the one of `locus` (TRB where it is
# not given), or both, with the names of pairs.
chain_columns <- function(format, header, locus) {
    if (is.null(format$chains)) return(list())
    if (is.null(locus)) {
        there <- vapply(format$chains, function(columns) {
            !is.na(find_column(columns$junction_aa, header))
        }, TRUE)
        locus <- if (isTRUE(there[["TRB"]])) "TRB" else names(which(there))[1L]
    }
    chains <- format$chains[intersect(names(format$chains), locus)]
    if (length(chains) == 1L) return(chains[[1L]])
    pairs <- lapply(names(chains), function(name) {
        columns <- chains[[name]]
        stats::setNames(columns, paste0(names(columns), "_",
            chain_names[[name]]))
    })
    do.call(c, pairs)
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

# Up to three columns of the header, the closest to a name first.
closest_columns <- function(name, header) {
    order <- order(-likeness(name, header))
    shown_names(header$names[utils::head(order, 3L)])
}

# The format whose needs the header comes nearest to; of equal ones the one of
# which it has more columns, then the first.
likeliest <- function(header) {
    nearest <- function(sets) {
        if (length(sets) == 0L) return(0)
        mean(vapply(sets, function(set) {
            max(vapply(set, function(name) max(likeness(name, header)), 0))
        }, 0))
    }
    formats <- repertoire_formats()
    near <- vapply(formats, function(format) {
        nearest(format$needs) + nearest(format$columns) / 4
    }, 0)
    names(formats)[which.max(near)]
}

refuse_header <- function(header, file, asked = "auto") {
    formats <- repertoire_formats()
    name <- if (asked == "auto") likeliest(header) else asked
    format <- formats[[name]]
    lacks <- vapply(format$needs, function(set) {
        is.na(find_column(set, header))
    }, TRUE)
    missing <- vapply(format$needs[lacks], `[`, "", 1L)
    closest <- paste0("`", missing, "` (closest here: ", vapply(
        missing, closest_columns, "", header
    ), ")", collapse = " and ")
    columns <- paste0("; its columns are ", shown_names(header$names))
    if (asked != "auto") {
        other <- recognised(header)
        raise_error("format", paste0(
            shown_file(file), " must be in the format ", format$title,
            ", as `format` says, and have ", closest, columns,
            if (!is.null(other)) {
                paste0(". It has the columns of ", formats[[other]]$title,
                    " (\"", other, "\")")
            }
        ))
    }
    raise_error("format", paste0(
        shown_file(file), " must be a table of a known format", columns,
        ". Likeliest is ", format$title, " (\"", name, "\"), which has ",
        closest, ". Name the columns by `columns`, as in ",
        "columns = c(junction_aa = \"...\")"
    ))
}
