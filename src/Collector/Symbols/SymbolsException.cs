namespace HeapDrift.Collector.Symbols;

/// <summary>There are no lines for a module; the message is the reason, for people.</summary>
internal sealed class SymbolsException(string message) : Exception(message)
{
    /// <summary>
    /// What reading a file that is missing, forbidden, damaged or hostile can throw. The reader of metadata checks its bounds and throws
    /// <see cref="BadImageFormatException"/>; numbers that make no sense come as argument or overflow.
    /// </summary>
    public static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException or InvalidDataException or BadImageFormatException
        or ArgumentException or InvalidOperationException or OverflowException or NotSupportedException or InvalidCastException;
}
