using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Walks the runtime's shared lists (<see cref="SharedLists"/>) between two levels: an element belongs to whoever else holds it, otherwise to
/// its list, and never to another element. Elements are few against the heap, so that one thread does it, in the order of addresses.
/// </summary>
internal sealed class ListWalk(MarkWorker main, RetentionTreeBuilder tree)
{
    /// <summary>Elements that were reached along their list, with their node there.</summary>
    private readonly Dictionary<ulong, int> _listOf = [];
    private List<ListLink> _ahead = [];

    public bool IsEmpty => _ahead.Count == 0;

    /// <summary>Follows the links that the last level found, and those that its elements lead on to in the next.</summary>
    public void Follow(MarkWorker[] workers)
    {
        if (IsEmpty && Array.TrueForAll(workers, worker => worker.Links.Count == 0))
        {
            return;
        }

        List<ListLink> links = _ahead;
        _ahead = [];
        foreach (MarkWorker worker in workers)
        {
            links.AddRange(worker.Links.Select(link => link with { Holder = worker.Paths.NodeOf(link.Path) }));
            worker.Links.Clear();
        }

        foreach (ListLink link in links.OrderBy(link => link.Target).ThenBy(link => link.Holder).ThenBy(link => link.ListNode))
        {
            TypeLayout? type = main.TypeAt(link.Target);
            if (type is not null && link.Role.LeadsBackTo(type.ListRole))
            {
                continue;
            }

            if (type is null || !link.Role.LinksTo(type.ListRole))
            {
                main.Found.Add(link.Target, main.Paths.Alias(link.Holder));
            }
            else if (link.Role.IsOwner)
            {
                Link(link.Target, type, link.Holder);
            }
            else if (link.ListNode != 0)
            {
                Link(link.Target, type, link.ListNode);
            }
        }
    }

    private void Link(ulong element, TypeLayout type, int list)
    {
        if (_listOf.ContainsKey(element))
        {
            return;
        }

        type.StepInTree ??= tree.Intern(type.Step);
        int node = tree.Descend(list, type.StepInTree.Value);
        _listOf[element] = node;
        int path = main.Paths.Alias(node);
        if (main.Claim(element, path) is not null)
        {
            main.CollectLinks(element, type, path, node);
            _ahead.AddRange(main.Links.Select(link => link with { Holder = node }));
            main.Links.Clear();
        }
    }
}
