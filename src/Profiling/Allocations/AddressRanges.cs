namespace HeapDrift.Profiling.Allocations;

/// <summary>Ranges of addresses that do not overlap, each with a value, to be asked for after all have been added.</summary>
internal sealed class AddressRanges
{
    private readonly List<(ulong Start, ulong End, long Value)> _ranges = [];
    private bool _isSorted = true;

    public int Count => _ranges.Count;

    /// <param name="start">First address.</param>
    /// <param name="bytes">A range that would wrap around is none.</param>
    /// <param name="value">Answered for each address in it.</param>
    public void Add(ulong start, ulong bytes, long value)
    {
        if (bytes == 0 || start + bytes < start)
        {
            return;
        }

        _isSorted &= _ranges.Count == 0 || _ranges[^1].Start <= start;
        _ranges.Add((start, start + bytes, value));
    }

    /// <summary>The value of the range in which an address lies, null outside of all. O(log ranges).</summary>
    public long? Find(ulong address)
    {
        Sort();
        int low = 0;
        int high = _ranges.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            (ulong start, ulong end, long value) = _ranges[middle];
            if (address >= start && address < end)
            {
                return value;
            }

            (low, high) = address < start ? (low, middle - 1) : (middle + 1, high);
        }

        return null;
    }

    private void Sort()
    {
        if (!_isSorted)
        {
            _ranges.Sort(static (left, right) => left.Start.CompareTo(right.Start));
            _isSorted = true;
        }
    }
}
