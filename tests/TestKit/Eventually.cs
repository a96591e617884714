using System.Diagnostics;

namespace HeapDrift.TestKit;

/// <summary>
/// Waits for a condition, never for a time. When the deadline passes it throws <see cref="TimeoutException"/> with the claim and
/// the last state seen. A condition that throws counts as "not yet" (a server that is still starting refuses connections); the
/// last exception is then the inner exception.
/// </summary>
public static class Eventually
{
    // Short beside everything that is waited for, long enough to cost nothing.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Blocks the calling thread until the condition holds; for tests that have nothing to await.</summary>
    public static void Holds(Func<bool> condition, TimeSpan deadline, string because)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (!SpinWait.SpinUntil(condition, deadline))
        {
            throw NeverHeld(because, deadline, "the condition was false", null);
        }
    }

    /// <summary>Waits until the condition is true. <paramref name="lastState"/> is asked only after the deadline.</summary>
    public static Task HoldsAsync(Func<bool> condition, TimeSpan deadline, string because, Func<string>? lastState = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return HoldsAsync(() => Task.FromResult(condition()), deadline, because, lastState);
    }

    /// <inheritdoc cref="HoldsAsync(Func{bool}, TimeSpan, string, Func{string})"/>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan deadline, string because, Func<string>? lastState = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        await ValueAsync<object>(
            async () => await condition() ? condition : null, deadline, because, lastState ?? (() => "the condition was false"));
    }

    /// <summary>Waits for the first value that is not null and returns it.</summary>
    public static Task<T> ValueAsync<T>(Func<T?> find, TimeSpan deadline, string because, Func<string>? lastState = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(find);
        return ValueAsync(() => Task.FromResult(find()), deadline, because, lastState);
    }

    /// <inheritdoc cref="ValueAsync{T}(Func{T}, TimeSpan, string, Func{string})"/>
    public static async Task<T> ValueAsync<T>(
        Func<Task<T?>> find, TimeSpan deadline, string because, Func<string>? lastState = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(find);
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            var (value, failure) = await TryAsync(find, deadline - elapsed.Elapsed);
            if (value is not null)
            {
                return value;
            }

            if (elapsed.Elapsed >= deadline)
            {
                throw NeverHeld(because, deadline, failure?.Message ?? lastState?.Invoke() ?? "there was no value", failure);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>One attempt. It gets at least a second, so that a slow attempt near the deadline is not mistaken for a failed one.</summary>
    private static async Task<(T? Value, Exception? Failure)> TryAsync<T>(Func<Task<T?>> find, TimeSpan left)
        where T : class
    {
        var limit = left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
        try
        {
            return (await find().WaitAsync(limit), null);
        }
#pragma warning disable CA1031 // Any failure is "not yet": the last one is told when the deadline passes.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return (null, failure);
        }
    }

    private static TimeoutException NeverHeld(string because, TimeSpan deadline, string lastState, Exception? failure) =>
        new($"Not within {deadline.TotalSeconds:0.###} s: {because}. Last state: {lastState}", failure);
}
