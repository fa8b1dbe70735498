# Text: letters, encodings, numbers and names as messages show them. It knows
# nothing of ours, and is read first.

# Not toupper(): in Turkish the capital of i is another letter.
capitals <- function(x) {
    chartr(paste(letters, collapse = ""), paste(LETTERS, collapse = ""), x)
}

small_letters <- function(x) {
    chartr(paste(LETTERS, collapse = ""), paste(letters, collapse = ""), x)
}

# Letters and figures only, in lower case: "Chain 2 - CDR3 Curated",
# "Chain 2 CDR3 Curated" and the IEDB's two lines are then the same.
plain_names <- function(names) gsub("[^a-z0-9]", "", small_letters(names))

# Work on bytes takes the mark of the encoding away.
marked_utf8 <- function(text) {
    Encoding(text) <- "UTF-8"
    text
}

# In UTF-8; bytes that are none of it are written out ("<ff>"), for R's
# patterns refuse such text from R 4.3 on.
as_valid <- function(text) {
    latin1 <- Encoding(text) == "latin1"
    if (any(latin1)) text[latin1] <- enc2utf8(text[latin1])
    text <- marked_utf8(text)
    bad <- !validUTF8(text)
    if (any(bad)) text[bad] <- iconv(text[bad], "UTF-8", "ASCII", sub = "byte")
    text
}

# McPAS-TCR is not in UTF-8 but as Windows writes it, for the most part Latin-1.
from_latin1 <- function(x) {
    bad <- !validUTF8(x)
    for (from in c("CP1252", "latin1")) {
        if (!any(bad)) break
        text <- x[bad]
        Encoding(text) <- "bytes"
        text <- iconv(text, from, "UTF-8")
        x[which(bad)[!is.na(text)]] <- text[!is.na(text)]
        bad <- !validUTF8(x)
    }
    x
}

# fun() of the distinct values, back in their places.
on_distinct <- function(x, fun) {
    # A factor has them at hand.
    if (is.factor(x) && !anyNA(x)) {
        return(fun(as_valid(levels(x)))[as.integer(x)])
    }
    x <- as.character(x)
    distinct <- unique(x)
    fun(as_valid(distinct))[data.table::chmatch(x, distinct)]
}

# fun() of names that come again in each file of a cohort, looked at once a
# session: a named list of vectors with a value for each. `what` names fun().
remembered <- function(what, names, fun) {
    known <- memory[[what]]
    at <- match(names, known$names)
    if (anyNA(at)) {
        more <- unique(names[is.na(at)])
        found <- c(list(names = more), fun(more))
        known <- if (is.null(known)) found else Map(c, known, found)
        # Not the names of all files that there are.
        if (length(known$names) < 1e5) assign(what, known, memory)
        at <- match(names, known$names)
    }
    lapply(known[-1L], `[`, at)
}

# The value of the last call for the same `what`, if its key was the same one;
# else that of `value`, which is only then made.
as_before <- function(what, key, value) {
    last <- memory[[what]]
    if (!is.null(last) && identical(last$key, key)) return(last$value)
    force(value)
    assign(what, list(key = key, value = value), memory)
    value
}

memory <- new.env()

# A number for messages, the same whatever the options of R.
shown_number <- function(x) {
    format(
        x, big.mark = ",", decimal.mark = ".", trim = TRUE, scientific = FALSE
    )
}

# Without marks, for what is read again, and as it was given.
plain_numbers <- function(x) {
    format(x, scientific = FALSE, trim = TRUE, decimal.mark = ".", digits = 15)
}

# Names as they were written: 100000, not 1e+05.
id_text <- function(x) {
    if (inherits(x, "Rle")) x <- as.vector(x)
    if (!is.double(x) || is.object(x)) return(as.character(x))
    known <- unique(x)
    text <- vapply(known, plain_numbers, "")
    replace(text, is.na(known), NA)[match(x, known)]
}

count_text <- function(n, what) {
    paste0(shown_number(n), " ", what, if (n != 1) "s")
}

count_words <- function(n, one, more) {
    paste(shown_number(n), if (n == 1) one else more)
}

# "a", "b" and 3 more.
name_some <- function(names, most = 5L) {
    shown <- paste0("\"", encodeString(utils::head(names, most)), "\"",
        collapse = ", ")
    more <- length(names) - most
    if (more > 0L) paste0(shown, " and ", more, " more") else shown
}

shown_file <- function(file) {
    shown <- paste0("'", encodeString(file), "'")
    labelled <- file %in% names(file_labels)
    shown[labelled] <- unlist(mget(file[labelled], file_labels))
    shown
}

# Without its folder.
short_file <- function(file) {
    own <- !file %in% names(file_labels)
    file[own] <- basename(file[own])
    shown_file(file)
}

# What files of our own making are called: nobody knows the path of a table that
# was in memory.
file_labels <- new.env()

# "`a`, `b`, and 3 more", however many or long they are.
shown_names <- function(names, most = 20L) {
    names <- as.character(names)
    shown <- encodeString(utils::head(names, most))
    long <- nchar(shown, "bytes") > 60L
    shown[long] <- paste0(substr(shown[long], 1L, 57L), "...")
    paste0(
        paste0("`", shown, "`", collapse = ", "),
        if (length(names) > most) {
            paste0(", and ", shown_number(length(names) - most), " more")
        }
    )
}

# Chains are called by Greek letters, too, here by their bytes in UTF-8.
greek_in_words <- function(x) {
    at <- which(grepl("[\xce]", x, useBytes = TRUE))
    if (!length(at)) return(x)
    greek <- c(alpha = "\xce[\x91\xb1]", beta = "\xce[\x92\xb2]",
        gamma = "\xce[\x93\xb3]", delta = "\xce[\x94\xb4]")
    for (name in names(greek)) {
        x[at] <- gsub(greek[[name]], paste0("_", name, "_"), x[at],
            useBytes = TRUE)
    }
    x[at] <- marked_utf8(x[at])
    x
}

# "count (templates/reads)", "count..templates.reads." and the like are one.
normal_name <- function(x) {
    x <- small_letters(iconv(greek_in_words(x), "UTF-8", "ASCII", sub = "?"))
    gsub("^_+|_+$", "", gsub("[^a-z0-9]+", "_", x))
}

# Letters and digits only: "V gene", "v_gene" and "vGene" are one, too.
bare_name <- function(x) gsub("_", "", normal_name(x), fixed = TRUE)

# Names of clusters.
cluster_text <- function(cluster) id_text(cluster)

duration_text <- function(seconds) {
    if (seconds < 60) {
        return(paste(format(round(seconds, 1), nsmall = 1,
            decimal.mark = ".", scientific = FALSE), "s"))
    }
    minutes <- seconds %/% 60
    if (minutes < 60) {
        return(sprintf("%d min %02d s", as.integer(minutes),
            as.integer(seconds %% 60)))
    }
    sprintf("%d h %02d min", as.integer(minutes %/% 60),
        as.integer(minutes %% 60))
}

# The highest use of memory of this process so far, in bytes; NA where the
# system does not say.
peak_memory <- function() {
    status <- "/proc/self/status"
    if (!file.exists(status)) return(NA_real_)
    line <- grep("^VmHWM:", readLines(status, warn = FALSE), value = TRUE)
    if (!length(line)) return(NA_real_)
    1024 * as.numeric(gsub("[^0-9]", "", line[1L]))
}

shown_numbers <- function(x) vapply(x, shown_number, "")
