namespace HeapDrift.Profiling.Proc;

/// <summary>The uids or gids of a process (credentials(7)).</summary>
internal readonly record struct CredentialIds(uint Real, uint Effective, uint Saved)
{
    /// <summary>How many numbers the kernel tells at least; the fourth, the one for file systems, is not used.</summary>
    public const int Count = 3;

    public static CredentialIds Of(uint[] numbers) => new(numbers[0], numbers[1], numbers[2]);

    public bool AreAll(uint id) => Real == id && Effective == id && Saved == id;
}
