"""``python -m benchmarks``; nothing more, because each measured process imports this file first."""

if __name__ == "__main__":
    from benchmarks.command import main

    main()
