# What a path names, as text that can be read twice: plain files as they are,
# gzip files too where the core reads them, which unpacks as it reads; other
# compressed ones and pipes as a copy in tempdir(), which can be sought in.

# Programs tell a truncated or damaged file by their status or by what they say,
# where R's own connections read what there is without a word. bzip2 ends well
# where something follows that is no member, as one whose header is damaged, and
# says so only.
compressions <- list(
    gzip = list(magic = c(0x1f, 0x8b), program = "gzip", args = "-dc"),
    bzip2 = list(magic = c(0x42, 0x5a, 0x68), program = "bzip2",
        args = "-dc"),
    xz = list(magic = c(0xfd, 0x37, 0x7a, 0x58, 0x5a), program = "xz",
        args = "-dc"),
    zstd = list(magic = c(0x28, 0xb5, 0x2f, 0xfd), program = "zstd",
        args = "-dcq"),
    zip = list(magic = c(0x50, 0x4b, 0x03, 0x04), program = "unzip")
)

# How long a pipe is waited for that nobody writes to.
seconds_for_writer <- 10L

# list(file = as given, path = text, temporary = files to be removed, threads =
# with which it may be read). Of `streamed` ones only the core reads `path`.
open_source <- function(file, streamed = FALSE, threads = 1L) {
    file <- local_file(file)
    source <- list(
        file = file, path = normalizePath(file, mustWork = FALSE),
        temporary = character(), threads = 1L
    )
    done <- FALSE
    on.exit(if (!done) close_source(source))
    kind <- cpp_file_kind(path.expand(file))
    if (kind == "pipe") {
        source <- as_copy(source, function(copy) {
            cpp_spool_pipe(path.expand(file), copy, seconds_for_writer)
        })
    } else if (kind != "file") {
        what <- c(
            folder = "that is a folder", absent = "there is none",
            other = "that is a device"
        )
        raise_error("io", paste0(
            "`file` must be a file; ", what[[kind]], " at ", shown_file(file),
            if (kind == "folder") paste0(". clusterRepertoires() takes ",
                "folders; lapply(list.files(", encodeString(file,
                    quote = "\""), ", full.names = TRUE), readRepertoire) ",
                "reads the files in it")
        ))
    }
    magic <- first_bytes(source, 5L)
    for (name in names(compressions)) {
        how <- compressions[[name]]
        n <- length(how$magic)
        if (identical(magic[seq_len(n)], as.raw(how$magic)) &&
            (name != "bzip2" || magic[4L] %in% charToRaw("123456789"))) {
            # One unpacks while the other parses.
            if (streamed && name == "gzip" && cpp_unpacks_gzip()) {
                source$threads <- threads
            } else {
                source <- decompressed(source, name, how)
            }
            break
        }
    }
    if (identical(utils::head(magic, 4L), charToRaw("PAR1"))) {
        source <- as_copy(source, function(copy) {
            tryCatch(write_parquet_as_text(source$path, copy),
                clustcr_error = stop, error = function(e) {
                    raise_error("format", paste0(shown_file(file),
                        " can't be read as a Parquet file: ",
                        conditionMessage(e)))
                })
        })
    }
    done <- TRUE
    if (streamed) source else plainly_named(source)
}

close_source <- function(source) unlink(source$temporary)

as_copy <- function(source, write) {
    copy <- tempfile("clustcr-")
    source$temporary <- c(source$temporary, copy)
    ok <- FALSE
    on.exit(if (!ok) unlink(copy))
    write(copy)
    ok <- TRUE
    source$path <- copy
    source
}

first_bytes <- function(source, n) {
    tryCatch(
        suppressWarnings(readBin(source$path, "raw", n)),
        error = function(e) {
            raise_error("io", paste0(
                shown_file(source$file), " can't be opened; is reading it ",
                "permitted?"
            ))
        }
    )
}

decompressed <- function(source, name, how) {
    if (!nzchar(Sys.which(how$program))) {
        raise_error("io", paste0(
            shown_file(source$file), " is compressed by ", name, " and the ",
            "program `", how$program, "` must be there to read it"
        ))
    }
    args <- if (name == "zip") {
        c("-p", shQuote(source$path), shQuote(zip_member(source)))
    } else {
        c(how$args, "--", shQuote(source$path))
    }
    as_copy(source, function(copy) {
        found <- run_unpacker(how$program, args, copy)
        if (found$status == 0L && !length(found$said)) return()
        refuse_full_disk(found$said, paste0("the unpacked copy of ",
            shown_file(source$file)))
        if (!dir.exists(dirname(copy))) {
            raise_error("io", paste0("tempdir() must be there to unpack ",
                shown_file(source$file), ", but '", dirname(copy),
                "' was removed"))
        }
        raise_error("format", paste0(
            shown_file(source$file), " is no complete ", name, " file (",
            how$program, "'s status: ", found$status,
            if (length(found$said)) paste0("; it says: ",
                encodeString(trimws(found$said[1L]))), ")"
        ))
    })
}

# list(status, said): what it writes goes to `copy`, and what it says comes
# through a pipe, for which a full disk has room. Variables that give programs
# options make them say more, and their words are English.
run_unpacker <- function(program, args, copy) {
    withr::local_envvar(LC_ALL = "C", GZIP = NA, BZIP = NA, BZIP2 = NA,
        XZ_OPT = NA, XZ_DEFAULTS = NA, UNZIP = NA, UNZIPOPT = NA)
    said <- suppressWarnings(system(
        paste(c(shQuote(program), args, "2>&1 >", shQuote(copy)),
            collapse = " "),
        intern = TRUE
    ))
    status <- attr(said, "status")
    list(status = if (is.null(status)) 0L else status,
        said = as.vector(said)[nzchar(said, keepNA = FALSE)])
}

# The one table of an archive. unzip takes [ and the like for patterns.
zip_member <- function(source) {
    refuse <- function(...) {
        raise_error("format", paste0(shown_file(source$file), ...))
    }
    if (!ends_as_zip(source$path)) {
        refuse(" is no complete zip file: its end is not that of an archive")
    }
    names <- tryCatch(
        utils::unzip(source$path, list = TRUE)$Name,
        error = function(e) refuse(" is no complete zip file"),
        warning = function(e) refuse(" is no complete zip file")
    )
    if ("[Content_Types].xml" %in% names) {
        refuse(" is a workbook; save the sheet as CSV or tab-separated text")
    }
    names <- names[!grepl("/$|^__MACOSX/|(^|/)[.]", names)]
    if (length(names) != 1L) {
        refuse(
            " must hold one file; it holds ", length(names),
            if (length(names)) ": ", shown_names(names)
        )
    }
    gsub("([][*?\\])", "\\\\\\1", names)
}

# unzip looks for the archive's last record anywhere near the end, and says
# nothing of what follows it. The record ends with a comment and its length.
ends_as_zip <- function(path) {
    size <- file.size(path)
    connection <- file(path, "rb")
    on.exit(close(connection))
    seek(connection, max(0, size - 22 - 65535))
    bytes <- readBin(connection, "raw", 22 + 65535)
    at <- grepRaw(as.raw(c(0x50, 0x4b, 0x05, 0x06)), bytes, fixed = TRUE,
        all = TRUE)
    at <- at[at + 21 <= length(bytes)]
    comment <- as.integer(bytes[at + 20]) + 256 * as.integer(bytes[at + 21])
    any(at + 21 + comment == length(bytes))
}

# fread() goes by the name, and would decompress what is plain.
plainly_named <- function(source) {
    if (!grepl("[.](gz|bz2)$", source$path, ignore.case = TRUE)) {
        return(source)
    }
    as_copy(source, function(copy) {
        if (!suppressWarnings(file.symlink(source$path, copy))) {
            cpp_append_file(source$path, 0, "", copy)
        }
    })
}

# list(paths, temporary): from where each of `files` is read. A pipe can be read
# once, so all of it is copied before anything is asked of it. One that can't be
# read stays away, as a file does that is not there.
spool_pipes <- function(files, on_error = "stop") {
    pipes <- which(vapply(files, cpp_file_kind, "") == "pipe")
    copies <- vapply(pipes, function(i) tempfile("clustcr-"), "")
    done <- FALSE
    on.exit(if (!done) unlink(copies))
    for (k in seq_along(pipes)) {
        tryCatch(
            cpp_spool_pipe(files[pipes[k]], copies[k], seconds_for_writer),
            clustcr_error_io = function(e) {
                if (on_error == "stop") stop(e)
                unlink(copies[k])
            }
        )
    }
    done <- TRUE
    files[pipes] <- copies
    list(paths = unname(files), temporary = copies)
}
