namespace HeapDrift.Profiling.Heap;

/// <summary>
/// From an address to the number of the object that lies there. The runtime walks each region upwards, so the objects of one page are
/// neighbours in the order of the walk: the first of each page is remembered and the rest is a binary search among at most 170
/// (4,096 bytes of 24-byte objects). About 0.3 bytes an object instead of 12 for a hash table. Objects of a page that the walk comes
/// back to are kept one by one.
/// </summary>
internal sealed class ObjectAddressIndex(ChunkedList<ulong> addresses)
{
    private const int PageBits = 12;

    private readonly Dictionary<ulong, int> _firstOfPage = [];
    private readonly Dictionary<ulong, int> _strays = [];
    private ulong _currentPage = ulong.MaxValue;
    private ulong _lastAddress;
    private bool _isStrayPage;

    /// <summary>Takes note of the object that was added last.</summary>
    public void Append(ulong address)
    {
        int node = addresses.Count - 1;
        ulong page = address >> PageBits;
        if (page != _currentPage)
        {
            _currentPage = page;
            _isStrayPage = !_firstOfPage.TryAdd(page, node);
        }
        else if (address <= _lastAddress)
        {
            _isStrayPage = true;
        }

        if (_isStrayPage)
        {
            _strays[address] = node;
        }

        _lastAddress = address;
    }

    public int Find(ulong address)
    {
        ulong page = address >> PageBits;
        if (!_firstOfPage.TryGetValue(page, out int low))
        {
            return -1;
        }

        int high = Math.Min(addresses.Count - 1, low + (1 << PageBits) / 8);
        while (low <= high)
        {
            int middle = (low + high) / 2;
            ulong found = addresses[middle];
            if (found == address)
            {
                return middle;
            }

            // Beyond the page the order is unknown; everything there counts as above.
            if (found >> PageBits != page || found > address)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return _strays.GetValueOrDefault(address, -1);
    }
}
