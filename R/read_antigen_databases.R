# The databases of receptors whose antigen is known, as rows of our names. Each
# reader has a row for each row of the file and chain that may be one of `loci`:
# `row` and `locus` say which.

read_reference_file <- function(file) {
    source <- open_source(file)
    on.exit(close_source(source))
    plain <- source$path
    if (any(readBin(plain, "raw", file.size(plain)) == 0L)) {
        raise_error("format", paste0(
            shown_file(file), " must be text in UTF-8; it has NUL bytes"
        ))
    }
    first <- readLines(plain, n = 2L, warn = FALSE)
    if (length(first) < 1L) {
        raise_error("format", paste0("'", file, "' must not be empty"))
    }
    separator <- guess_separator(from_latin1(first[1L]))
    table <- strict_fread(
        file, plain, sep = if (nzchar(separator)) separator else ",",
        header = FALSE,
        quote = "\"", na.strings = NULL, colClasses = "character", fill = FALSE
    )
    table[] <- lapply(table, from_latin1)
    header <- unlist(table[1L, ], use.names = FALSE)
    header[1L] <- sub("^\ufeff", "", header[1L])
    # The IEDB's first line only says which group a column belongs to.
    two_lines <- length(header) > 1L && all(header[1:2] == "Receptor")
    if (two_lines) header <- paste(header, unlist(table[2L, ]))
    table <- table[-seq_len(1L + two_lines), , drop = FALSE]
    stats::setNames(table, header)
}

# The reader of the database that has these columns; NULL where none has.
known_database <- function(known) {
    has <- function(...) all(c(...) %in% known)
    if (has("gene", "cdr3") &&
        any(c("antigenepitope", "epitope") %in% known)) {
        vdjdb_rows
    } else if (has("cdr3alpha", "cdr3beta", "antigenepitope")) {
        vdjdb_pairs
    } else if (has("cdr3betaaa", "epitopepeptide")) {
        mcpas_rows
    } else if (any(grepl("^chain[12]cdr3", known))) {
        iedb_rows
    }
}

# The first of these columns that has something in it, row by row.
first_of <- function(table, ...) {
    value <- rep(NA_character_, nrow(table))
    for (name in intersect(c(...), names(table))) {
        own <- trimws(table[[name]])
        empty <- is.na(value)
        value[empty] <- own[empty]
        value[value %in% c("", "NA", "null", "None")] <- NA
    }
    value
}

vdjdb_rows <- function(table, loci) {
    reference_rows(
        table, imgt_locus(first_of(table, "gene")), first_of(table, "cdr3"),
        first_of(table, "vsegm", "v"), first_of(table, "jsegm", "j"),
        c("antigenepitope", "epitope"), c("antigengene", "epitopegene"),
        c("antigenspecies", "epitopespecies"), c("vdjdbscore", "score")
    )
}

vdjdb_pairs <- function(table, loci) {
    both_chains(loci, function(locus) {
        name <- chain_names[[locus]]
        reference_rows(
            table, locus, first_of(table, paste0("cdr3", name)),
            first_of(table, paste0("v", name)),
            first_of(table, paste0("j", name)),
            "antigenepitope", "antigengene", "antigenspecies", "vdjdbscore"
        )
    })
}

mcpas_rows <- function(table, loci) {
    both_chains(loci, function(locus) {
        j_call <- first_of(table, paste0(small_letters(locus), "j"))
        read <- first_of(table, paste0("cdr3", chain_names[[locus]], "aa"))
        junction_aa <- complete_anchors(read, j_call, locus, FALSE)
        reference_rows(
            table, locus, junction_aa,
            first_of(table, paste0(small_letters(locus), "v")), j_call,
            "epitopepeptide", "antigenprotein", "pathology", character(),
            completed = junction_aa != read
        )
    })
}

# Either chain may be in either group of columns: their type says.
iedb_rows <- function(table, loci) {
    both_chains(c("1", "2"), function(number) {
        own <- function(...) first_of(table, sprintf(c(...), number))
        v_call <- own("curatedchain%svgene", "chain%scuratedvgene",
            "calculatedchain%svgene", "chain%scalculatedvgene")
        j_call <- own("curatedchain%sjgene", "chain%scuratedjgene",
            "calculatedchain%sjgene", "chain%scalculatedjgene")
        locus <- row_loci(nrow(table), own("chain%stype"), v_call, j_call)
        # Where neither tells, as the IEDB has most of them.
        locus[!nzchar(locus)] <- c("1" = "TRA", "2" = "TRB")[[number]]
        cdr3 <- iedb_junctions(own, j_call, locus)
        rows <- reference_rows(
            table, locus, cdr3$junction_aa, v_call, j_call,
            c("epitopename", "description"),
            c("epitopesourcemolecule", "antigen"),
            c("epitopesourceorganism", "organism"), character(),
            completed = cdr3$completed
        )
        species <- own("chain%sspecies", "chain%sorganism",
            "chain%sorganismiri")
        taxon <- grepl("NCBITaxon", species)
        species[taxon] <- species_key(species[taxon])
        rows$species[is.na(rows$species)] <- species[is.na(rows$species)]
        rows
    })
}

# What was curated is as its authors wrote it, what was calculated IMGT's CDR3,
# which is without its ends.
iedb_junctions <- function(own, j_call, locus) {
    curated <- capitals(own("chain%scdr3curated"))
    calculated <- capitals(own("chain%scdr3calculated"))
    curated[!grepl("^[A-Z]+$", curated) & !is.na(calculated)] <- NA
    read <- ifelse(is.na(curated), calculated, curated)
    junction_aa <- complete_anchors(curated, j_call, locus, NULL)
    rest <- is.na(curated)
    junction_aa[rest] <- complete_anchors(calculated[rest], j_call[rest],
        locus[rest])
    list(junction_aa = junction_aa, completed = junction_aa != read)
}

# The rows that FUN makes of each of `parts`, in the order of the file.
both_chains <- function(parts, FUN) {
    rows <- do.call(rbind, lapply(parts, FUN))
    rows[order(rows$row), , drop = FALSE]
}

reference_rows <- function(table, locus, junction_aa, v_call, j_call, label,
                           antigen, organism, score, completed = FALSE) {
    data.frame(
        row = seq_len(nrow(table)), locus = rep_len(locus, nrow(table)),
        junction_aa = junction_aa, v_call = v_call, j_call = j_call,
        label = first_of(table, label), antigen = first_of(table, antigen),
        organism = first_of(table, organism),
        species = first_of(table, "species"), mhc_columns(table),
        score = suppressWarnings(as.numeric(first_of(table, score))),
        completed = completed
    )
}

# Molecules of class I are told by their one chain, for the other is the same
# for all; those of class II by both.
mhc_columns <- function(table) {
    class <- mhc_class(first_of(table, "mhcclass", "assaymhcclass"))
    first <- first_of(table, "mhca", "mhc", "assaymhcallelenames",
        "mhcallelenames")
    second <- first_of(table, "mhcb")
    second[grepl("^B2M", second, ignore.case = TRUE) | class %in% "MHCI" |
        (!is.na(first) & second == first)] <- NA
    both <- !is.na(first) & !is.na(second)
    mhc <- ifelse(is.na(first), second, first)
    mhc[both] <- paste(first[both], second[both], sep = "/")
    data.frame(mhc = mhc, mhc_class = ifelse(is.na(class), class_of_mhc(mhc),
        class))
}

# By the name of the molecule, of humans, mice and macaques; NA where it does
# not tell.
class_of_mhc <- function(mhc) {
    name <- capitals(mhc)
    first <- "^(HLA-?|MAMU-?)?[ABCEFG]([0-9*]|$)|^H-?2-?[KDLQTM]|CLASS I$"
    second <- paste0("^(HLA-?|MAMU-?)?D[PQRMO]|^(H-?2-?)?I-?[AE]|",
        "^H-?2-?(AB|AA|EB|EA)[0-9]|CLASS II$")
    ifelse(grepl(second, name), "MHCII",
        ifelse(grepl(first, name), "MHCI", NA))
}

# "MHCI" and "MHCII", as VDJdb writes them.
mhc_class <- function(class) {
    plain <- gsub("[^A-Z0-9]", "", capitals(class))
    plain <- sub("^(MHC)?(CLASS)?", "", plain)
    number <- unname(c(I = "I", "1" = "I", II = "II", "2" = "II")[plain])
    ifelse(is.na(number), class, paste0("MHC", number))
}
