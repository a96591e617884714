namespace HeapDrift.Profiling.Marking;

/// <summary>The memory of a frozen process. Calls come from several threads at once.</summary>
internal interface IHeapMemory
{
    /// <summary>Reads from an address on, until the buffer is full or a page is not there.</summary>
    /// <returns>How many bytes were read, 0 when not even the first.</returns>
    int Read(ulong address, Span<byte> into);
}
