using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Watching;

/// <summary>Sorts mappings into categories in one pass, in ascending order of their addresses, in constant memory.</summary>
internal sealed class MemoryLedgerBuilder
{
    /// <summary>Guards have a page (4 KB, on some ARM machines 64 KB); what is larger is reserved for something else.</summary>
    private const ulong MostGuardBytes = 64 << 10;

    private long _gcHeap;
    private long _code;
    private long _stacks;
    private long _files;
    private long _shared;
    private long _heap;
    private long _native;
    private bool _isDotNet;
    private int _mappings;
    private ulong _guardEnd;
    private ReservedRun _run;

    public void Add(SmapsMapping mapping)
    {
        _mappings++;
        bool isStack = mapping.Start == _guardEnd && _guardEnd != 0 && IsStackMemory(mapping);
        _guardEnd = IsGuard(mapping) ? mapping.End : 0;
        if (isStack)
        {
            _stacks += mapping.PssBytes;
            EndRun();
            return;
        }

        if (MayBeReservation(mapping))
        {
            AddToRun(mapping);
        }
        else
        {
            EndRun();
        }

        Count(mapping);
    }

    public MemoryLedger Build()
    {
        EndRun();
        var categories = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [MemoryCategory.Stacks] = _stacks,
            [MemoryCategory.Files] = _files,
            [MemoryCategory.Shared] = _shared,
        };
        if (_isDotNet)
        {
            categories[MemoryCategory.GCHeap] = _gcHeap;
            categories[MemoryCategory.Code] = _code;
            categories[MemoryCategory.Native] = _native + _heap;
        }
        else
        {
            // Only .NET's own way to reserve was looked for, and executable memory may be anything here.
            categories[MemoryCategory.Heap] = _heap;
            categories[MemoryCategory.Native] = _native + _gcHeap + _code;
        }

        return new() { Categories = categories, Mappings = _mappings };
    }

    private void Count(SmapsMapping mapping)
    {
        switch (mapping.Backing)
        {
            case MappingBacking.Runtime:
                _isDotNet = true;
                _files += mapping.PssBytes;
                break;
            case MappingBacking.File:
                _files += mapping.PssBytes;
                break;
            case MappingBacking.DoubleMapper:
                // A program with the runtime in its own executable has it, too.
                _isDotNet = true;
                _code += mapping.PssBytes;
                break;
            case MappingBacking.SharedMemory:
                _shared += mapping.PssBytes;
                break;
            case MappingBacking.Heap:
                _heap += mapping.PssBytes;
                break;
            case MappingBacking.Stack:
                _stacks += mapping.PssBytes;
                break;
            case MappingBacking.Anonymous when mapping.Is(MappingTraits.Executable):
                _code += mapping.PssBytes;
                break;
            default:
                _native += mapping.PssBytes;
                break;
        }
    }

    private static bool IsGuard(SmapsMapping mapping) =>
        mapping.Backing == MappingBacking.Anonymous && mapping.IsInaccessible && mapping.Bytes <= MostGuardBytes
        && !mapping.Is(MappingTraits.NotDumped) && !mapping.Is(MappingTraits.NotReserved);

    private static bool IsStackMemory(SmapsMapping mapping) =>
        mapping.Backing == MappingBacking.Anonymous && mapping.Is(MappingTraits.Writable)
        && !mapping.Is(MappingTraits.Executable) && !mapping.Is(MappingTraits.Shared) && !mapping.Is(MappingTraits.NotReserved);

    private bool MayBeReservation(SmapsMapping mapping) =>
        mapping.Backing == MappingBacking.Anonymous && !mapping.Is(MappingTraits.NotReserved) && _guardEnd == 0;

    private void AddToRun(SmapsMapping mapping)
    {
        if (!_run.Continues(mapping))
        {
            EndRun();
        }

        _run.Add(mapping);
    }

    /// <summary>What turns out to be the collector's was counted as native before.</summary>
    private void EndRun()
    {
        _gcHeap += _run.GCBytes;
        _native -= _run.GCBytes;
        _run = default;
    }
}
