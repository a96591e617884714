using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Watching;

/// <summary>
/// A run of neighbouring mappings that may be one reservation of the .NET runtime. The collector reserves address space once and makes
/// parts of it accessible. The allocator of executable memory does the same, but there is code in its runs, unless it maps a memory file.
/// </summary>
internal struct ReservedRun
{
    /// <summary>
    /// The smallest segment of the collector (<c>min_segment_size_hard_limit</c> in gc.cpp). The runtime's other reservations without code
    /// have 4 or 5 MB.
    /// </summary>
    private const ulong LeastBytes = 16 << 20;

    /// <summary>A run of the collector begins at a multiple of this (<c>min_segment_size_hard_limit</c>, <c>REGION_SIZE</c>).</summary>
    private const ulong Alignment = 4 << 20;

    private ulong _start;
    private ulong _end;
    private bool _hasReserve;
    private bool _hasCode;
    private long _insideBytes;

    // Accessible memory before the first or after the last reserved part may be a neighbour's: malloc maps next to what is there.
    private long _leadingBytes;
    private long _trailingBytes;

    public readonly bool Continues(SmapsMapping mapping) => mapping.Start == _end && _end != 0;

    public void Add(SmapsMapping mapping)
    {
        _start = _end == 0 ? mapping.Start : _start;
        _end = mapping.End;
        _hasCode |= mapping.Is(MappingTraits.Executable);
        if (mapping.IsInaccessible && mapping.Is(MappingTraits.NotDumped))
        {
            _hasReserve = true;
            _insideBytes += _trailingBytes + mapping.PssBytes;
            _trailingBytes = 0;
        }
        else if (_hasReserve)
        {
            _trailingBytes += mapping.PssBytes;
        }
        else
        {
            _leadingBytes += mapping.PssBytes;
        }
    }

    /// <summary>How much of what was added is the collector's.</summary>
    public readonly long GCBytes =>
        !_hasReserve || _hasCode || _end - _start < LeastBytes ? 0
        : _insideBytes + (_start % Alignment == 0 ? _leadingBytes : 0);
}
