"""Stockener: everything behind the pages.

Who may import whom (upper may use lower, siblings on one line not each other):

    app > pages > core.ui > core.http | core.cli > core.scheduler
      > core.services > core.privacy
      > core.sync | core.spreadsheets | core.backups
      > core.analytics | core.accounts | core.spapi | core.mail
      > core.database > core.kernel

Data flows one way:

    SP-API -fetch-> batch -rows-> table -load-> tables -view-> daily
      -ask-> answer -draw-> chart
"""
